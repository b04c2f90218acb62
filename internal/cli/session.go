package cli

import (
	"context"

	"pig"
	"pig/internal/playbook"
	"pig/internal/product"
	"pig/internal/secret"
)

// session is what a verb works with once its flags are read. It has four parts: what is shown (screen), what is read (source), what is run
// (runner), and what the operator agrees to (confirmer). Each part knows those before it.
type session struct {
	*runner
	*confirmer
	// env is what was planned; offline says that no host was asked.
	env     *product.Environment
	offline bool
}

// defaultInventory is what is read where no -i says otherwise.
const defaultInventory = "pigsty.yml"

func (a *app) open(ctx context.Context, o *runOptions) (*session, error) {
	source := newSource(newScreen(a, o, secret.NewRedactor()), playbook.NewFiles(pig.Content()))
	if err := source.loadInventory(ctx); err != nil {
		return nil, err
	}
	a.redact = source.redacted
	runner := newRunner(source, a.Modules)
	if err := runner.gather(); err != nil {
		return nil, err
	}
	return &session{runner: runner, confirmer: newConfirmer(a.in, a.err)}, runner.engineOptions()
}
