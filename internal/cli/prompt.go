package cli

import (
	"fmt"

	"pig/internal/playbook"
	"pig/internal/value"
)

// prompt asks for the variables that plays want, unless -e gives them. Where nobody is there to answer, the default counts.
func (s *runner) prompt(plays []*playbook.Play) error {
	for _, p := range plays {
		for _, v := range p.Prompts {
			if s.extra.Has(v.Name) {
				continue
			}
			answer, err := s.answerTo(v)
			if err != nil {
				return err
			}
			vars := value.NewDict()
			if p.Vars != nil {
				vars = p.Vars.Clone()
			}
			vars.Set(v.Name, answer)
			p.Vars = vars
		}
	}
	return nil
}

func (s *runner) answerTo(p playbook.Prompt) (value.Value, error) {
	if !isTerminal(s.app.in) {
		return p.Default, nil
	}
	for {
		text := p.Text
		if p.Default != nil {
			text = fmt.Sprintf("%s [%s]", p.Text, value.Str(p.Default))
		}
		answer, err := s.app.asked(text, p.Private)
		if err != nil {
			return nil, err
		}
		if answer == "" && p.Default != nil {
			return p.Default, nil
		}
		if !p.Confirm {
			return answer, nil
		}
		again, err := s.app.asked("confirm "+p.Text, p.Private)
		if err != nil {
			return nil, err
		}
		if again == answer {
			return answer, nil
		}
		fmt.Fprintln(s.app.err, "***** VALUES ENTERED DO NOT MATCH ****")
	}
}

// asker asks the operator during a run; nil where nobody is at a terminal.
func (a *app) asker() func(prompt string, echo bool) (string, error) {
	if !isTerminal(a.in) {
		return nil
	}
	return func(prompt string, echo bool) (string, error) { return a.asked(prompt, !echo) }
}
