"""Start a module of Ansible from the archive beside this file. Its arguments come as JSON on standard input."""
import json
import os
import runpy
import signal
import sys


def main(name):
    here = os.path.dirname(os.path.abspath(__file__))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    archive = os.path.join(here, "module.zip")
    sys.path[:] = [archive] + [p for p in sys.path if p not in ("", ".", here)]
    try:
        os.getcwd()
    except OSError:
        os.chdir("/")
    with os.fdopen(os.dup(0), "rb") as given:
        params = json.loads(given.read().decode("utf-8"))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    from ansible.module_utils import basic
    from ansible.module_utils.common.parameters import PASS_VARS

    own = "_ansible_"
    params = dict((k, v) for k, v in params.items() if not k.startswith(own) or k[len(own):] in PASS_VARS)
    params[own + "tmpdir"] = here
    args = json.dumps({"ANSIBLE_MODULE_ARGS": params}).encode("utf-8")
    try:
        from ansible.module_utils._internal._ansiballz import _loader
    except ImportError:  # before ansible-core 2.19
        _loader = None
    if _loader is None:
        basic._ANSIBLE_ARGS = args
        runpy.run_module(name, init_globals={"_module_fqn": name, "_modlib_path": archive}, run_name="__main__", alter_sys=True)
        sys.exit("the module ended without a result")
    _loader.run_module(json_params=args, profile="legacy", module_fqn=name, modlib_path=archive, extensions={})


if __name__ == "__main__":
    main(sys.argv[1])
