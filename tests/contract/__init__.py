"""The contract with browsers: schema and golden files, and the tests that hold both sides to them."""
