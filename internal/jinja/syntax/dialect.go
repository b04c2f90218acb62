package syntax

import (
	"fmt"
	"strings"
)

// Dialect is what a text may change about the language: delimiters and the treatment of white space. It is comparable, since
// compiled templates are cached by text and dialect.
type Dialect struct {
	BlockStart, BlockEnd       string
	VariableStart, VariableEnd string
	CommentStart, CommentEnd   string
	lineStatement              string
	lineComment                string
	Newline                    string
	TrimBlocks                 bool
	LstripBlocks               bool
	KeepNewline                bool
	RawStrings                 bool // string literals keep their backslashes: playbook texts, not template files
}

// DefaultDialect is that of Ansible's template module.
func DefaultDialect() Dialect {
	return Dialect{
		BlockStart: "{%", BlockEnd: "%}", VariableStart: "{{", VariableEnd: "}}", CommentStart: "{#", CommentEnd: "#}",
		Newline: "\n", TrimBlocks: true,
	}
}

const headerPrefix = "#jinja2:"

// header reads a first line like "#jinja2: trim_blocks: False, lstrip_blocks: True" into the syntax; length is that of
// the line with its end.
func (s *Dialect) header(text string) (length int, err error) {
	if !strings.HasPrefix(text, headerPrefix) {
		return 0, nil
	}
	line, _, found := strings.Cut(text, "\n")
	length = len(line)
	if found {
		length++
	}
	for _, pair := range splitHeader(strings.TrimRight(line[len(headerPrefix):], "\r")) {
		key, val, ok := strings.Cut(pair, ":")
		if !ok {
			return 0, fmt.Errorf("failed to parse jinja2 override %s: did you use something different from colon as key-value separator?", strings.TrimSpace(pair))
		}
		if err := s.override(strings.TrimSpace(key), strings.TrimSpace(val)); err != nil {
			return 0, err
		}
	}
	return length, nil
}

// splitHeader splits at commas outside quotes.
func splitHeader(line string) []string {
	var parts []string
	var quote byte
	start := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ',':
			parts = append(parts, line[start:i])
			start = i + 1
		}
	}
	return append(parts, line[start:])
}

func (s *Dialect) override(key, val string) error {
	text := val
	if len(val) >= 2 && (val[0] == '\'' || val[0] == '"') && val[len(val)-1] == val[0] {
		text = unescape(val[1 : len(val)-1])
	}
	texts := map[string]*string{
		"block_start_string": &s.BlockStart, "block_end_string": &s.BlockEnd,
		"variable_start_string": &s.VariableStart, "variable_end_string": &s.VariableEnd,
		"comment_start_string": &s.CommentStart, "comment_end_string": &s.CommentEnd,
		"line_statement_prefix": &s.lineStatement, "line_comment_prefix": &s.lineComment,
		"newline_sequence": &s.Newline,
	}
	if p, ok := texts[key]; ok {
		*p = text
		return nil
	}
	flags := map[string]*bool{
		"trim_blocks": &s.TrimBlocks, "lstrip_blocks": &s.LstripBlocks, "keep_trailing_newline": &s.KeepNewline,
	}
	p, ok := flags[key]
	if !ok {
		return fmt.Errorf("unknown jinja2 override %q", key)
	}
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		*p = true
	case "false", "no", "off", "0", "none":
		*p = false
	default:
		return fmt.Errorf("the jinja2 override %s must be True or False, not %s", key, val)
	}
	return nil
}
