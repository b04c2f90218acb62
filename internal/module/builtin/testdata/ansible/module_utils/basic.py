# A stand-in for ansible-core's, as small as can be: what a module needs of it to run at all.
import json
import sys

_ANSIBLE_ARGS = None


class AnsibleModule:
    def __init__(self, argument_spec, supports_check_mode=False):
        given = json.loads(_ANSIBLE_ARGS.decode("utf-8"))["ANSIBLE_MODULE_ARGS"]
        self.internal = dict((k, v) for k, v in given.items() if k.startswith("_ansible_"))
        self.params = dict((k, v) for k, v in given.items() if not k.startswith("_ansible_"))
        self.check_mode = self.internal.get("_ansible_check_mode")
        if self.check_mode and not supports_check_mode:
            self.exit_json(skipped=True, msg="remote module does not support check mode")

    def exit_json(self, **values):
        print(json.dumps(values))
        sys.exit(0)

    def fail_json(self, msg, **values):
        print(json.dumps(dict(values, failed=True, msg=msg)))
        sys.exit(1)
