//go:build linux

package sandbox

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// keyPair makes an ed25519 key at path, with the public half beside it, unless there is one; it returns the public half
// as an authorized_keys line without its comment.
func keyPair(path, comment string) (string, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKeyPair(path, comment)
	}
	if err != nil {
		return "", fmt.Errorf("cannot read key %s: %w", path, err)
	}
	signer, err := ssh.ParsePrivateKey(raw)
	if err != nil {
		return "", fmt.Errorf("cannot parse key %s: %w", path, err)
	}
	return publicLine(signer.PublicKey()), nil
}

func newKeyPair(path, comment string) (string, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("cannot create a key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return "", fmt.Errorf("cannot create a key: %w", err)
	}
	public, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		return "", fmt.Errorf("cannot create a key: %w", err)
	}
	line := publicLine(public)
	if err := writeFile(path+".pub", []byte(line+" "+comment+"\n"), 0o644); err != nil {
		return "", fmt.Errorf("cannot save a key: %w", err)
	}
	// The private half comes last: it is what the next run looks for.
	if err := writeFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		return "", fmt.Errorf("cannot save a key: %w", err)
	}
	return line, nil
}

func publicLine(k ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

// sshFiles writes known_hosts and an ssh_config, for pig and for people.
func (s *Sandbox) sshFiles() error {
	var known strings.Builder
	for _, n := range s.state.Nodes {
		public, err := keyPair(s.files.node(n.Machine).hostKey(), "root@"+n.Machine)
		if err != nil {
			return err
		}
		fmt.Fprintf(&known, "%s %s\n", strings.Join(n.aliases(), ","), public)
	}
	if err := writeFile(s.files.knownHosts(), []byte(known.String()), 0o644); err != nil {
		return fmt.Errorf("cannot write known_hosts: %w", err)
	}
	config := fmt.Sprintf("# ssh into sandbox %s: nsenter --net=%s ssh -F %s ADDRESS\n\nHost *\n  User %s\n  IdentityFile %s\n"+
		"  IdentitiesOnly yes\n  UserKnownHostsFile %s\n  StrictHostKeyChecking yes\n",
		s.state.Name, nsPath(controlNS(s.state.Name)), s.files.sshConfig(), s.state.AdminUser, s.files.key(), s.files.knownHosts())
	for _, n := range s.state.Nodes {
		config += fmt.Sprintf("\nHost %s\n  HostName %s\n", strings.Join(n.aliases(), " "), n.Addr)
	}
	if err := writeFile(s.files.sshConfig(), []byte(config), 0o644); err != nil {
		return fmt.Errorf("cannot write the ssh configuration: %w", err)
	}
	return nil
}

// aliases are all the names under which a node answers; the address comes first.
func (n nodeState) aliases() []string {
	out := []string{n.Addr.String()}
	for _, a := range []string{n.Name, n.Machine} {
		if a != n.Addr.String() {
			out = append(out, a)
		}
	}
	return out
}
