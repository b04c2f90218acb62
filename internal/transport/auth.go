package transport

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// credentials are the ways to log in to one host, and what became of each: a refusal must say what was offered.
type credentials struct {
	methods []ssh.AuthMethod
	tried   []string
	socket  net.Conn
}

func (c Config) credentials(t Target, keys []string) *credentials {
	cr := &credentials{}
	signers := cr.fromFiles(keys)
	if c.AgentSocket != "" {
		signers = append(signers, cr.fromAgent(c.AgentSocket)...)
	}
	if len(signers) > 0 {
		cr.methods = append(cr.methods, ssh.PublicKeys(signers...))
	}
	if t.Password != "" {
		cr.tried = append(cr.tried, "password")
		answer := func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = t.Password
			}
			return answers, nil
		}
		cr.methods = append(cr.methods, ssh.Password(t.Password), ssh.KeyboardInteractive(answer))
	}
	return cr
}

func (cr *credentials) fromFiles(keys []string) []ssh.Signer {
	var signers []ssh.Signer
	for _, path := range keys {
		pem, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			cr.note("key %s: there is no such file", path)
			continue
		}
		if err != nil {
			cr.note("key %s: %v", path, err)
			continue
		}
		signer, err := ssh.ParsePrivateKey(pem)
		var locked *ssh.PassphraseMissingError
		switch {
		case errors.As(err, &locked):
			cr.note("key %s: it has a passphrase; load it with ssh-add", path)
		case err != nil:
			cr.note("key %s: %v", path, err)
		default:
			cr.note("key %s (%s)", path, ssh.FingerprintSHA256(signer.PublicKey()))
			signers = append(signers, withCertificate(path, signer))
		}
	}
	return signers
}

// withCertificate uses the certificate beside a key, as ssh does.
func withCertificate(path string, key ssh.Signer) ssh.Signer {
	text, err := os.ReadFile(path + "-cert.pub")
	if err != nil {
		return key
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return key
	}
	cert, ok := public.(*ssh.Certificate)
	if !ok {
		return key
	}
	signer, err := ssh.NewCertSigner(cert, key)
	if err != nil {
		return key
	}
	return signer
}

func (cr *credentials) fromAgent(socket string) []ssh.Signer {
	conn, err := net.Dial("unix", socket) //nolint:noctx // a socket of this machine answers or is not there
	if err != nil {
		cr.note("ssh-agent: %v", err)
		return nil
	}
	cr.socket = conn
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		cr.note("ssh-agent: %v", err)
		return nil
	}
	for _, s := range signers {
		cr.note("ssh-agent key %s", ssh.FingerprintSHA256(s.PublicKey()))
	}
	return signers
}

func (cr *credentials) note(format string, args ...any) {
	cr.tried = append(cr.tried, fmt.Sprintf(format, args...))
}

func (cr *credentials) close() {
	if cr.socket != nil {
		_ = cr.socket.Close()
	}
}

// refused explains an authentication failure.
func (cr *credentials) refused(t Target) error {
	if len(cr.tried) == 0 {
		return fmt.Errorf("logging in as %s: no key and no password to offer; set ansible_ssh_private_key_file, load a key into ssh-agent, or use -k", t.User)
	}
	return fmt.Errorf("logging in as %s: the node refused all of: %s", t.User, strings.Join(cr.tried, "; "))
}
