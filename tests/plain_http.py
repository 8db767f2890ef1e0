"""How tests ask servers of this machine, none of which has TLS.

A client of httpx reads all authorities of the web when it is made, which takes 50 ms: one that asks often is busy
with nothing else.
"""

import ssl

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # has no authority, so that nothing is read
