"""The embedded engine and its family: models that read whole lines, decoded by ourselves with onnxruntime."""
