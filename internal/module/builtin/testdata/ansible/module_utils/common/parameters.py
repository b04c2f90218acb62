PASS_VARS = {"check_mode": ("check_mode", False), "tmpdir": ("_tmpdir", None)}
