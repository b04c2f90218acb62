package diag

import "fmt"

// Masked is d with mask over all that came from elsewhere. The words of a message are pig's own, and stay: where a password is an ordinary
// word, a mask over them would make a riddle of the message and tell what the password is.
func (d *Diagnostic) Masked(mask func(string) string) *Diagnostic {
	c := *d
	c.Summary, c.args = masked(d.Summary, d.form, d.args, mask)
	c.Hint, c.hintArgs = masked(d.Hint, d.hintForm, d.hintArgs, mask)
	c.Detail = mask(d.Detail)
	return &c
}

// masked masks what a text was formatted from, or the whole text if it was made in another way.
func masked(text, form string, args []any, mask func(string) string) (string, []any) {
	if form == "" || fmt.Sprintf(form, args...) != text {
		return mask(text), nil
	}
	hidden := make([]any, len(args))
	for i, a := range args {
		hidden[i] = a
		plain := fmt.Sprint(a)
		if veiled := mask(plain); veiled != plain {
			hidden[i] = shade(veiled)
		}
	}
	return fmt.Sprintf(form, hidden...), hidden
}

// shade is a masked argument: it reads the same under any verb.
type shade string

// Format writes it.
func (s shade) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = fmt.Fprintf(f, "%q", string(s))
		return
	}
	_, _ = f.Write([]byte(s))
}
