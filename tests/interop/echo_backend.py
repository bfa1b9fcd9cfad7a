"""A processing backend for the real Heddle that gives the payload back."""

from heddle.worker.processor import SyncProcessingBackend


class EchoBackend(SyncProcessingBackend):
    def process_sync(self, payload, config):
        return {"output": payload, "model_used": None}


class FailingBackend(SyncProcessingBackend):
    def process_sync(self, payload, config):
        raise RuntimeError("backend on fire")
