package secret

import "testing"

func TestNamesOfSecrets(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"password", "db_password", "pg_admin_password", "token", "api_token", "apikey", "api_key", "apiKey", "pgpass", "db_pass", "smtp_auth_pass", "vault_pass",
		"ansible_sudo_pass", "ansible_become_pass", "ansible_ssh_pass", "secret_key", "secret_access_key", "passwords", "tokens", "admin_passwords", "tls_private_key_pem", "pwd",
		"credential", "credentials", "secrets", "private_key", "privateKey", "clientSecret", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "db-password", "dbPassword", "password2", "s3.secret_key",
		"pg_admin_pasword", "pasword", "passwrd", "passowrd", "paswword", "passsword", "pg_monitor_passwrod", "sercet", "passphrase", "cipher_pass", "requirepass", "masterauth",
		"password_old", "old_password_value", "encryption_key", "ssl_passphrase_command", "password_command", "passphrase_cmd", "accesstoken", "authToken", "PGPASSWORD", "redis_passwords",
		"vault_openssl_privatekey",
	} {
		if !Named(name) {
			t.Errorf("%s is not known for a secret", name)
		}
	}
	for _, name := range []string{
		"pg_pwd_enc", "auth", "pgbouncer_auth_query", "key", "keys", "key_file", "ssh_key_type", "token_ttl", "passthrough", "pass_through", "bypass", "compass", "update_password", "openssl_privatekey", "community.crypto.openssl_privatekey",
		"password_file", "passwd_path", "passport", "passed", "passive", "secretary", "secure", "public_key", "ssh_key", "access_key", "primary_key", "keyword", "passwordless", "tokenizer",
		"pg_password_encryption", "ssl_passphrase_command_supports_reload", "archive_command", "command", "no_log", "path", "pg_dbsu", "user", "value", "text", "data", "pem", "content", "new", "period", "password_expiry", "access", "pages", "1", "", "10.10.10.10",
	} {
		if Named(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
}
