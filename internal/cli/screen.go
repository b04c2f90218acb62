package cli

import (
	"bytes"
	"fmt"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/secret"
	"pig/internal/value"
)

// screen is what a verb shows, with the secrets of the inventory masked.
type screen struct {
	app      *app
	opt      *runOptions
	redactor *secret.Redactor
	// masks is the inventory, whose secrets are masked; nil before it is read.
	masks *inventory.Inventory
}

// newScreen shows on the streams of app what the flags ask for.
func newScreen(app *app, opt *runOptions, redactor *secret.Redactor) *screen {
	return &screen{app: app, opt: opt, redactor: redactor}
}

// tell shows mistakes with the lines that they are in. The inventory's secrets are masked there: a log may be public.
func (s *screen) tell(found diag.List) {
	s.learnSecrets()
	for _, d := range found {
		var b bytes.Buffer
		diag.Render(&b, d.Masked(s.redactor.Redact), s.app.excerpts(s.redactor.Redact))
		fmt.Fprint(s.app.err, s.redactor.Name(b.String()))
	}
}

// redacted is text with all secrets of the inventory masked.
func (s *screen) redacted(text string) string {
	s.learnSecrets()
	return s.redactor.Redact(text)
}

// learnSecrets makes the secrets of the whole inventory known.
func (s *screen) learnSecrets() {
	if s.masks == nil {
		return
	}
	for _, g := range s.masks.Groups() {
		s.redactor.Add(value.Secrets(params.Protect(s.masks.GroupVars(g)))...)
		s.redactor.Public(g.Name)
	}
	for _, h := range s.masks.Hosts() {
		s.redactor.Add(value.Secrets(params.Protect(s.masks.HostVars(h)))...)
		s.redactor.Public(h.Name)
	}
}
