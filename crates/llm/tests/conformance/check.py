"""Holds requests and answers against the types of the providers' own libraries.

Reads a JSON list of {"what", "value"} and writes a line [place in the list, fault] for each thing that does not fit. A key that a type does not have is a
fault in a request; answers may have more keys than their type. Beta interfaces are left out.
"""

import importlib
import json
import pkgutil
import sys
from typing import List

import anthropic.types
import openai.types
from pydantic import TypeAdapter, ValidationError
from typing_extensions import is_typeddict

CLOSED = {"extra": "forbid", "arbitrary_types_allowed": True}


def close(package):
    """Makes every type of requests refuse keys it does not have, and look into its lists at once."""
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".beta" in found.name:
            continue
        module = importlib.import_module(found.name)
        if hasattr(module, "Iterable"):
            # pydantic reads an Iterable only when somebody goes through it.
            module.Iterable = List
        for member in list(vars(module).values()):
            if is_typeddict(member):
                member.__pydantic_config__ = CLOSED


def types():
    from anthropic.types import Message, message_create_params, messages
    from anthropic.types.messages import batch_create_params
    from openai.types import Batch, batch_create_params as openai_batch_create_params
    from openai.types.chat import ChatCompletion, completion_create_params
    from openai.types.responses import Response, response_create_params

    return {
        "POST /v1/responses": response_create_params.ResponseCreateParamsNonStreaming,
        "POST /v1/chat/completions": completion_create_params.CompletionCreateParamsNonStreaming,
        "POST /v1/batches": openai_batch_create_params.BatchCreateParams,
        "POST /v1/messages": message_create_params.MessageCreateParamsNonStreaming,
        "POST /v1/messages/batches": batch_create_params.BatchCreateParams,
        "response": Response,
        "chat completion": ChatCompletion,
        "OpenAI batch": Batch,
        "message": Message,
        "Anthropic batch": messages.MessageBatch,
        "Anthropic line": messages.MessageBatchIndividualResponse,
    }


def main():
    close(openai.types)
    close(anthropic.types)
    adapters = {what: TypeAdapter(of) for what, of in types().items()}
    for at, case in enumerate(json.load(sys.stdin)):
        try:
            adapters[case["what"]].validate_json(json.dumps(case["value"]))
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                place = ".".join(map(str, fault["loc"]))
                print(json.dumps([at, f"{case['what']}: {place}: {fault['msg']}"]))


main()
