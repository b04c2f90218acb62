package transport

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
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

func (c Config) credentials(t route) *credentials {
	cr := &credentials{}
	answer := func(_, _ string, questions []string, _ []bool) ([]string, error) {
		answers := make([]string, len(questions))
		for i := range answers {
			answers[i] = t.Password
		}
		return answers, nil
	}
	for _, method := range t.methods {
		switch {
		case method == "publickey":
			if signers := cr.signers(t); len(signers) > 0 {
				cr.methods = append(cr.methods, ssh.PublicKeys(signers...))
			}
		case t.Password == "":
		case method == "password":
			cr.notePassword()
			cr.methods = append(cr.methods, ssh.Password(t.Password))
		default:
			cr.notePassword()
			cr.methods = append(cr.methods, ssh.KeyboardInteractive(answer))
		}
	}
	return cr
}

// signers are the keys of files and of ssh-agent; with IdentitiesOnly those of the agent count only if a file names them.
func (cr *credentials) signers(t route) []ssh.Signer {
	signers := cr.fromFiles(t.keys, t.certs)
	if t.agentSocket != "" {
		held := cr.fromAgent(t.agentSocket)
		if t.onlyKeys {
			named := publicKeys(t.keys, signers)
			held = slices.DeleteFunc(held, func(s ssh.Signer) bool { return !named[string(s.PublicKey().Marshal())] })
		}
		for _, s := range held {
			cr.note("ssh-agent key %s", ssh.FingerprintSHA256(s.PublicKey()))
		}
		signers = append(signers, held...)
	}
	allowed := t.algorithms.publicKeys
	if allowed == nil {
		return signers
	}
	var limited []ssh.Signer
	for _, s := range signers {
		as, ok := s.(ssh.AlgorithmSigner)
		if !ok {
			continue
		}
		if m, err := ssh.NewSignerWithAlgorithms(as, allowedFor(s.PublicKey().Type(), allowed)); err == nil {
			limited = append(limited, m)
		} else {
			cr.note("%s key: PubkeyAcceptedAlgorithms does not allow it", s.PublicKey().Type())
		}
	}
	return limited
}

// allowedFor are those of allowed that a key of a type can sign with.
func allowedFor(kind string, allowed []string) []string {
	can := []string{kind}
	switch kind {
	case ssh.KeyAlgoRSA:
		can = []string{ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSA}
	case ssh.CertAlgoRSAv01:
		can = []string{ssh.CertAlgoRSASHA256v01, ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSAv01}
	}
	return slices.DeleteFunc(slices.Clone(allowed), func(a string) bool { return !slices.Contains(can, a) })
}

// publicKeys are the keys that files name: their own, or those of FILE.pub whose private half only the agent has.
func publicKeys(files []string, signers []ssh.Signer) map[string]bool {
	keys := map[string]bool{}
	for _, s := range signers {
		keys[string(s.PublicKey().Marshal())] = true
	}
	for _, f := range files {
		for _, name := range []string{f, f + ".pub"} {
			text, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			if key, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
				keys[string(key.Marshal())] = true
			}
		}
	}
	return keys
}

func (cr *credentials) fromFiles(keys, certs []string) []ssh.Signer {
	var signers []ssh.Signer
	for _, path := range keys {
		pem, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			cr.note("key file %s not found", path)
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
			cr.note("key %s: the key has a passphrase; load the key with ssh-add", path)
		case err != nil:
			cr.note("key %s: %v", path, err)
		default:
			cr.note("key %s (%s)", path, ssh.FingerprintSHA256(signer.PublicKey()))
			signers = append(signers, withCertificates(append([]string{path + "-cert.pub"}, certs...), signer)...)
		}
	}
	return signers
}

// withCertificates gives the certificates of a key, that beside it and those of CertificateFile, and the key itself, as ssh does.
func withCertificates(files []string, key ssh.Signer) []ssh.Signer {
	var signers []ssh.Signer
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		public, _, _, _, err := ssh.ParseAuthorizedKey(text)
		if err != nil {
			continue
		}
		cert, ok := public.(*ssh.Certificate)
		if !ok {
			continue
		}
		if signer, err := ssh.NewCertSigner(cert, key); err == nil {
			signers = append(signers, signer)
		}
	}
	return append(signers, key)
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
	return signers
}

func (cr *credentials) note(format string, args ...any) {
	cr.tried = append(cr.tried, fmt.Sprintf(format, args...))
}

func (cr *credentials) notePassword() {
	if !slices.Contains(cr.tried, "password") {
		cr.tried = append(cr.tried, "password")
	}
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
	return fmt.Errorf("cannot log in as %s: the node refused all of: %s", t.User, strings.Join(cr.tried, "; "))
}
