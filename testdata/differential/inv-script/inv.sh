#!/bin/sh
echo '{"web": {"hosts": ["a", "b"], "vars": {"g": 1, "ansible_connection": "local"}, "children": ["sub"]}, "sub": ["c"], "_meta": {"hostvars": {"a": {"v": "x"}}}}'
