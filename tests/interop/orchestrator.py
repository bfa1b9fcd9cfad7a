"""Heddle's orchestrator as `heddle orchestrator` would start it, if 0.9.2 passed it a backend.

    orchestrator.py --config FILE --nats-url URL

Its backend does nothing: no model is asked, no goal is ever finished.
"""

import argparse
import asyncio

import yaml
from heddle.cli.main import _run_preflight
from heddle.orchestrator.runner import OrchestratorActor
from heddle.worker.backends import LLMBackend


class IdleBackend(LLMBackend):
    async def complete(self, system_prompt, user_message, max_tokens=2000, temperature=0.0,
                       *, tools=None, messages=None):
        return {"content": "[]", "model": "none", "prompt_tokens": 0, "completion_tokens": 0,
                "tool_calls": None, "stop_reason": "end_turn"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--nats-url", required=True)
    args = parser.parse_args()
    _run_preflight(args.nats_url, config=args.config)
    with open(args.config) as file:
        name = yaml.safe_load(file)["name"]
    actor = OrchestratorActor(actor_id=f"orchestrator-{name}", config_path=args.config,
                              backend=IdleBackend(), nats_url=args.nats_url)
    asyncio.run(actor.run("heddle.goals.incoming", queue_group="orchestrators"))


main()
