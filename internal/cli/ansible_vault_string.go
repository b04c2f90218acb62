package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/vault"
)

// namedText is a text to encrypt, the variable that it is for, and where it comes from.
type namedText struct{ name, text, from string }

// encryptStringCommand is ansible-vault encrypt_string, whose output is pasted into files of variables.
func (v *vaultProgram) encryptStringCommand(add func(string, string, cobra.PositionalArgs, func(*cobra.Command, []string) error) *cobra.Command) *cobra.Command {
	var names []string
	var stdinName string
	var prompt, showInput bool
	c := add("encrypt_string [TEXT...]", "Encrypt texts", cobra.ArbitraryArgs, func(c *cobra.Command, args []string) error {
		fromStdin := slices.Contains(args, "-") || stdinName != "" || len(args) == 0 && !prompt
		if prompt && fromStdin {
			return options("The --prompt option is not supported if also reading input from stdin")
		}
		with, err := v.sealing(v.secrets)
		if err != nil {
			return err
		}
		var texts []namedText
		if prompt {
			one, err := v.prompted(showInput)
			if err != nil {
				return err
			}
			texts = append(texts, one)
		}
		if fromStdin {
			text, err := io.ReadAll(v.app.in)
			if err != nil {
				return err
			}
			if len(text) == 0 {
				return options("stdin was empty, not encrypting")
			}
			texts = append(texts, namedText{stdinName, string(text), "stdin"})
		}
		args = slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "-" })
		if len(names) > 0 && len(args) > len(names) {
			fmt.Fprintf(v.app.err, "The number of --name options do not match the number of args.\nThe last named variable will be %q. The rest will not have names.\n", names[len(names)-1])
		}
		for i, text := range args {
			one := namedText{text: text, from: "the command line args"}
			if i < len(names) {
				one.name = names[i]
			}
			if text == "" {
				return options("The plaintext provided from the command line args was empty, not encrypting")
			}
			texts = append(texts, one)
		}
		return v.encryptTexts(texts, with)
	})
	f := c.Flags()
	f.StringArrayVarP(&names, "name", "n", nil, "name of the variable; may be repeated, for each text")
	f.StringVar(&stdinName, "stdin-name", "", "variable name of the text on standard input")
	f.BoolVarP(&prompt, "prompt", "p", false, "prompt for the text")
	f.BoolVar(&showInput, "show-input", false, "the answer to the prompt is shown")
	return c
}

func (v *vaultProgram) prompted(show bool) (one namedText, err error) {
	one.from = "the interactive prompt"
	if one.name, err = v.app.asked("Variable name (enter for no name)", false); err != nil {
		return one, err
	}
	if show {
		one.text, err = v.app.asked("String to encrypt", false)
	} else {
		one.text, err = v.app.ask("String to encrypt (hidden)")
	}
	if err == nil && one.text == "" {
		err = options("The plaintext provided from the prompt was empty, not encrypting")
	}
	return one, err
}

func (v *vaultProgram) encryptTexts(texts []namedText, with vaultSecret) error {
	var b strings.Builder
	for i, one := range texts {
		sealed, err := vault.EncryptAs(with.id, []byte(one.text), with.password)
		if err != nil {
			return err
		}
		if len(texts) > 1 {
			what := fmt.Sprintf("the string #%d from %s.)", i+1, one.from)
			if one.name != "" {
				what = fmt.Sprintf("variable (%q, the string #%d from %s).", one.name, i+1, one.from)
			}
			fmt.Fprintln(v.app.err, "# The encrypted version of "+what)
		}
		if one.name != "" {
			b.WriteString(one.name + ": ")
		}
		b.WriteString("!vault |\n")
		for line := range strings.Lines(string(sealed)) {
			b.WriteString("          " + strings.TrimRight(line, "\n") + "\n")
		}
	}
	to := v.output
	if to == "" {
		to = "-"
	}
	if err := v.write(to, []byte(b.String())); err != nil {
		return err
	}
	if colorful(v.app.out) {
		fmt.Fprintln(v.app.err, "Encryption successful")
	}
	return nil
}

// editor lets the operator edit a file with EDITOR.
func (a *app) editor(ctx context.Context, file string) error {
	words := strings.Fields(os.Getenv("EDITOR"))
	if len(words) == 0 {
		words = []string{"vi"}
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], file)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out, a.err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cannot edit with %s: %w", words[0], err)
	}
	return nil
}
