package fleet

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"pig/internal/agentbin"
	"pig/internal/transport"
)

// uploader sends the agent to a node whose script asks for it.
type uploader struct {
	conn transport.Conn
	proc transport.Process
	in   *bufio.Reader
	bin  agentbin.Binary
	w    *watchdog
}

// feed answers the script's question: "have", or "need" with the directory where the agent belongs. The agent goes there by SFTP, as a file of
// a known name that the script verifies and moves: an upload that was interrupted goes on with the next one. Where there is no SFTP, or what was
// left of an upload proves wrong, it goes through the script's input.
func (u *uploader) feed() error {
	answer, err := u.answer()
	if err != nil {
		return fmt.Errorf("cannot start the agent: %w", err)
	}
	if answer != "pig have" && !strings.HasPrefix(answer, "pig need") {
		return fmt.Errorf("the login shell of the node printed %q; pig requires a shell without output in non-interactive sessions", answer)
	}
	for range 2 { // what was left by another upload may be wrong: then once more from the beginning
		dir, needs := strings.CutPrefix(answer, "pig need ")
		if !needs || !u.beside(dir) {
			break
		}
		if answer, err = u.say("part\n"); err != nil {
			return err
		}
	}
	if strings.HasPrefix(answer, "pig need") {
		answer, err = u.stream()
	}
	if err != nil {
		return err
	}
	if answer != "pig have" {
		return fmt.Errorf("uploading the agent: the node answered %q", answer)
	}
	return nil
}

// beside puts the agent into its directory under the name of what is not whole yet, and tells whether that went well.
func (u *uploader) beside(dir string) bool {
	to, can := u.conn.(transport.Uploader)
	if !can || !path.IsAbs(dir) || path.Clean(dir) != dir {
		return false
	}
	_, err := to.Upload(dir+"/agent-"+u.bin.SHA256+".part", u.bin.Content, func(int) { u.w.progress() })
	return err == nil // a connection that is gone is told by whoever uses it next
}

// stream sends the agent through the input of the script.
func (u *uploader) stream() (answer string, err error) {
	if _, err := io.WriteString(u.proc.Stdin(), "here\n"); err != nil {
		return "", fmt.Errorf("cannot upload the agent: %w", err)
	}
	for piece := range slices.Chunk(u.bin.Content, 1<<16) {
		if _, err := u.proc.Stdin().Write(piece); err != nil {
			return "", fmt.Errorf("cannot upload the agent: %w", err)
		}
		u.w.progress()
	}
	return u.say("")
}

// say tells the script something and reads what it answers.
func (u *uploader) say(text string) (answer string, err error) {
	if _, err := io.WriteString(u.proc.Stdin(), text); err != nil {
		return "", fmt.Errorf("cannot upload the agent: %w", err)
	}
	if answer, err = u.answer(); err != nil {
		return "", fmt.Errorf("cannot upload the agent: %w", err)
	}
	return answer, nil
}

func (u *uploader) answer() (string, error) {
	line, err := answerLine(u.in)
	if err == nil {
		u.w.progress()
	}
	return strings.TrimSpace(line), err
}
