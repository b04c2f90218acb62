package secret

import "strings"

// Named guesses from the name of a variable or key whether its value is a secret. Paths and switches that only speak of secrets
// are none.
func Named(name string) bool {
	name = strings.ToLower(name)
	if name == "update_password" { // of Ansible's user: when to change it
		return false
	}
	for _, end := range []string{"password", "passwd", "passphrase", "secret", "secret_key", "_token", "cipher_pass", "private_key", "api_key", "become_pass", "ssh_pass"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
