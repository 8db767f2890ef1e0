"""Backtests: stored calls through two playbooks, in this process or in one of their own.

`source.py` reads the calls, `run.py` runs them, `worker.py` is the process of its own, `jobs.py` the server's side
of it. What is compared, and how, is in `trials/backtest.py`.
"""
