package secret

import (
	"slices"
	"strings"
	"unicode"
)

var (
	// secretWords end the name of a secret, in the singular; other words may stand before them.
	secretWords = []string{"password", "passwd", "passphrase", "passcode", "pass", "pwd", "secret", "token", "credential", "cred", "pgpass", "dbpass", "sshpass",
		"requirepass", "masterauth", "pw", "paswd"}
	// secretEnds end a word that was written without a mark between two.
	secretEnds = []string{"password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "privatekey"}
	// secretKeys stand before key in the name of a secret: other keys are public, names, or files.
	secretKeys = []string{"api", "secret", "private", "encryption", "signing", "master"}
	// commandWords may follow: what prints the secret may have it in its text.
	commandWords = []string{"command", "cmd"}
	// formWords may follow: they say in which form or which of several secrets it is.
	formWords = []string{"pem", "value", "text", "content", "data", "plain", "raw", "base64", "b64", "old", "new", "current", "previous"}
	// notSecrets sound like secrets: when user of Ansible changes a password, and a module of Ansible that creates keys.
	notSecrets = []string{"update_password", "openssl_privatekey", "community.crypto.openssl_privatekey"}
)

// Named guesses from the name of a variable or key whether its value is a secret, also if the name is misspelt. Paths, hashes, times
// and switches that only speak of secrets are none.
func Named(name string) bool {
	if slices.Contains(notSecrets, name) {
		return false
	}
	words := nameWords(name)
	for len(words) > 1 && slices.Contains(formWords, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if n := len(words); n > 1 && slices.Contains(commandWords, words[n-1]) {
		words = words[:n-1] // ssl_passphrase_command: the command may be echo with the secret itself
	}
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	one := last
	if !strings.HasSuffix(last, "ss") {
		one = strings.TrimSuffix(last, "s")
	}
	if one == "key" && len(words) > 1 {
		before := strings.Join(words[max(0, len(words)-3):len(words)-1], " ")
		return slices.Contains(secretKeys, words[len(words)-2]) || before == "secret access"
	}
	return slices.Contains(secretWords, one) || slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(one, end) }) || misspelt(one)
}

// nameWords splits a name at marks and where a capital begins a word, without the numbers at the ends of words.
func nameWords(name string) []string {
	var b strings.Builder
	letters := []rune(name)
	for i, c := range letters {
		begins := i > 0 && unicode.IsUpper(c) && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsUpper(letters[i-1]) && unicode.IsLower(letters[i+1]))
		if begins {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	var words []string
	for word := range strings.FieldsFuncSeq(b.String(), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		if bare := strings.TrimRight(word, "0123456789"); bare != "" && word != "b64" && word != "base64" {
			word = bare
		}
		if strings.Trim(word, "0123456789") != "" {
			words = append(words, word)
		}
	}
	return words
}

// misspelt tells whether a word is nearly the word password or secret: letters that are doubled or not, and one more slip.
func misspelt(word string) bool {
	return len(word) > 4 && (oneSlip(undoubled(word), "pasword") || oneSlip(undoubled(word), "pasphrase") || oneSlip(word, "secret"))
}

func undoubled(word string) string { return string(slices.Compact([]rune(word))) }

// oneSlip tells whether a is b with at most one letter too many, missing, wrong, or in its neighbour's place.
func oneSlip(a, b string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
