package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/product"
	"pig/internal/report"
)

// completer completes the arguments and flags of a verb. What an argument is, its usage line says: CLUSTER [MEMBER].
type completer struct {
	app     *app
	product product.Product // whose verb it is; nil for the whole inventory
	offer   func(e *product.Environment, kind string, args []string) []string
}

// offers are the words that a kind of argument can be, after some arguments.
type offers func(c *cobra.Command, kind string, args []string, begun string) []string

// completeAll completes those commands below root that nothing completes yet.
func (a *app) completeAll(root *cobra.Command) {
	for _, c := range root.Commands() {
		a.completeAll(c)
		if c.ValidArgs == nil && c.ValidArgsFunction == nil && !isProgram(c.Name()) {
			completer{app: a}.complete(c)
		}
	}
}

// complete makes c complete its arguments, the flags that several verbs have, and its own.
func (o completer) complete(c *cobra.Command, own ...product.Flag) {
	c.ValidArgsFunction = o.arguments
	for _, f := range own {
		switch {
		case f.Takes != "":
			o.flag(c, f.Name, func(c *cobra.Command, args []string, begun string) []string { return o.words(c, f.Takes, args, begun) })
		case f.Words != nil:
			o.flag(c, f.Name, func(*cobra.Command, []string, string) []string { return f.Words })
		}
	}
	o.flag(c, "limit", o.limits)
	o.flag(c, "tags", o.tags)
	o.flag(c, "skip-tags", o.tags)
	o.flag(c, "start-at-task", nothing)
	o.flag(c, "confirm", func(c *cobra.Command, args []string, begun string) []string { return args[:min(len(args), 1)] })
	if f := c.Flags().Lookup("format"); f != nil {
		if _, ok := f.Value.(*report.Format); ok {
			o.flag(c, "format", func(*cobra.Command, []string, string) []string { return report.Formats() })
		}
	}
	if c.Flags().Lookup("inventory") != nil {
		_ = c.RegisterFlagCompletionFunc("inventory", extensions("yml", "yaml", "ini", "toml"))
	}
}

func nothing(*cobra.Command, []string, string) []string { return nil }

// flag makes a flag of c, if c has it, complete to words. Those that are given already, separated by commas, stay.
func (o completer) flag(c *cobra.Command, name string, words func(c *cobra.Command, args []string, begun string) []string) {
	if c.Flags().Lookup(name) == nil {
		return
	}
	_ = c.RegisterFlagCompletionFunc(name, func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		given, last := "", begun
		if i := strings.LastIndexAny(begun, ",&!"); i >= 0 {
			given, last = begun[:i+1], begun[i+1:]
		}
		found := starting(quiet(func() []string { return words(c, args, last) }), last, strings.Split(given, ","))
		for i := range found {
			found[i] = given + found[i]
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	})
}

// arguments complete the argument after args.
func (o completer) arguments(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	kind := kindAt(c, len(args))
	if ext, isFile := fileKind(kind); isFile && ext != "" {
		return []string{ext}, cobra.ShellCompDirectiveFilterFileExt
	} else if isFile && len(strings.Split(kind, "|")) == 1 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var found []string
	directive := cobra.ShellCompDirectiveNoFileComp
	for one := range strings.SplitSeq(kind, "|") {
		if _, isFile := fileKind(one); isFile {
			directive = cobra.ShellCompDirectiveDefault
			continue
		}
		found = append(found, quiet(func() []string { return o.words(c, one, args, begun) })...)
	}
	return starting(found, begun, args), directive
}

// kindAt is what the usage line of c calls its argument number n: CLUSTER|HOST; "" if it takes none there.
func kindAt(c *cobra.Command, n int) string {
	_, rest, _ := strings.Cut(c.Use, " ")
	names := namesOfUse(strings.NewReplacer("[.FIELD...]", "", "[", "", "]", "").Replace(rest))
	if n >= len(names) {
		if len(names) == 0 || !strings.Contains(names[len(names)-1], "...") {
			return ""
		}
		n = len(names) - 1
	}
	return strings.NewReplacer("...", "", " ", "", "--", "").Replace(names[n])
}

// fileKind tells whether a kind of argument is a file, and which suffix its name has: FILE.yml, PLANFILE.
func fileKind(kind string) (ext string, is bool) {
	name, ext, _ := strings.Cut(kind, ".")
	return ext, slices.Contains([]string{"FILE", "PLANFILE", "FOLDER", "ARCHIVE"}, name)
}

// extensions complete names of files with one of these suffixes.
func extensions(names ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return names, cobra.ShellCompDirectiveFilterFileExt
	}
}

// starting are the words that begin like the begun one, each once, without those that are given already.
func starting(words []string, begun string, given []string) (found []string) {
	for _, w := range words {
		if strings.HasPrefix(w, begun) && !slices.Contains(given, w) && !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// quiet gives nothing where words cannot be found: whoever types sees no error.
func quiet(find func() []string) (words []string) {
	defer func() {
		if recover() != nil {
			words = nil
		}
	}()
	return find()
}
