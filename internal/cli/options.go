package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"pig/internal/ui"
)

// runOptions are the flags of every verb that works on hosts; they are those of ansible-playbook.
type runOptions struct {
	inventory  []string
	limit      string
	tags       []string
	skipTags   []string
	extraVars  []string
	forks      int
	check      bool
	diff       bool
	become     bool
	becomeUser string
	askBecome  bool
	askPass    bool
	user       string
	key        string
	timeout    int
	verbosity  int
	sandbox    string
	json       bool
	config     *ansibleConfig // of play: ansible.cfg
	python     string         // interpreter_python of it
	playbooks  string         // of play: the directory of the playbook, whose group_vars count
	output     string         // of play: pig's own, or as ansible-playbook prints it
	merge      bool           // of play: hash_behaviour = merge
	format     ui.AnsibleFormat
	startAt    string
	flush      bool
	sshCommon  string
	sshExtra   string
	asWritten  bool     // hosts keep their names: the playbook is somebody else's
	confirm    []string // of verbs that have the flag
	passwords  passwordOptions
	lockTime   time.Duration
	plan       string // a plan file that is applied
	validates  bool   // what is wrong is told together, at the end
	forgets    bool   // generated passwords are not kept: nothing is asked or told of a node
}

// reachFlags adds the flags about which hosts are asked, and how they are reached.
func (o *runOptions) reachFlags(f *pflag.FlagSet) {
	o.passwords.AddFlags(f)
	f.StringArrayVarP(&o.inventory, "inventory", "i", nil, "inventory file, directory, script, host list or CMDB (service=NAME, postgres://...); may be repeated (default pigsty.yml)")
	f.StringVarP(&o.limit, "limit", "l", "", "pattern of the hosts to use")
	f.StringArrayVarP(&o.extraVars, "extra-vars", "e", nil, "variables of the highest precedence: key=value, JSON, or @file; may be repeated")
	o.forks = 50
	f.VarP(atLeast{&o.forks, 1}, "forks", "f", "number of tasks that run at the same time")
	f.BoolVarP(&o.askBecome, "ask-become-pass", "K", false, "prompt for the sudo password")
	f.BoolVarP(&o.askPass, "ask-pass", "k", false, "prompt for the SSH password")
	f.StringVarP(&o.user, "user", "u", "", "user to log in as")
	f.StringVar(&o.key, "private-key", "", "file of the key to log in with")
	f.VarP(atLeast{&o.timeout, 0}, "timeout", "T", "seconds to wait for a connection (default 15)")
	f.StringVar(&o.sandbox, "sandbox", "", "name of the sandbox that the hosts run in")
	f.Lookup("sandbox").NoOptDefVal = "pig"
	f.StringVar(&o.sshCommon, "ssh-common-args", "", "options for SSH, as in ansible_ssh_common_args")
	f.StringVar(&o.sshExtra, "ssh-extra-args", "", "options for SSH, as in ansible_ssh_extra_args")
}

// atLeast is a flag whose number has a lower bound.
type atLeast struct {
	number *int
	least  int
}

func (a atLeast) String() string {
	if a.number == nil {
		return "0"
	}
	return strconv.Itoa(*a.number)
}

func (a atLeast) Type() string { return "int" }

// Set implements pflag.Value.
func (a atLeast) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < a.least {
		return fmt.Errorf("want a number from %d", a.least)
	}
	*a.number = n
	return nil
}

// oneOf is a flag that takes one of some words.
type oneOf struct {
	word  *string
	words []string
}

func (o oneOf) String() string {
	if o.word == nil || *o.word == "" {
		return ""
	}
	return *o.word
}

func (o oneOf) Type() string { return "string" }

// Set implements pflag.Value.
func (o oneOf) Set(text string) error {
	if !slices.Contains(o.words, text) {
		return fmt.Errorf("want one of %s", strings.Join(o.words, ", "))
	}
	*o.word = text
	return nil
}

// taskFlags adds the flags about how a task runs.
func (o *runOptions) taskFlags(f *pflag.FlagSet) {
	f.BoolVarP(&o.check, "check", "C", false, "plan only: show the changes, apply nothing")
	f.BoolVarP(&o.diff, "diff", "D", false, "differences of changed contents")
	f.BoolVarP(&o.become, "become", "b", false, "run as another user")
	f.StringVar(&o.becomeUser, "become-user", "", "user to run as (default root)")
	f.CountVarP(&o.verbosity, "verbose", "v", "more output; may be repeated")
}

// AddFlags adds the flags to a command.
func (o *runOptions) AddFlags(f *pflag.FlagSet) {
	o.reachFlags(f)
	f.StringSliceVarP(&o.tags, "tags", "t", nil, "tags of the tasks to run")
	f.StringSliceVar(&o.skipTags, "skip-tags", nil, "tags of the tasks to skip")
	o.taskFlags(f)
	f.BoolVar(&o.json, "json", false, "output as JSON, one event a line")
	f.StringVar(&o.startAt, "start-at-task", "", "name of the first task to run")
	f.BoolVar(&o.flush, "force-handlers", false, "handlers also on hosts where a task failed")
}

// lockFlag adds the flag of verbs that lock hosts.
func (o *runOptions) lockFlag(f *pflag.FlagSet) {
	f.DurationVar(&o.lockTime, "lock-timeout", 0, "maximum wait for other runs on the same hosts, such as 10m")
}

func (o *runOptions) connectTimeout() time.Duration { return time.Duration(o.timeout) * time.Second }

// asked reads an answer, which is shown unless it is private.
func (a *app) asked(prompt string, private bool) (string, error) {
	if private {
		return a.ask(prompt)
	}
	fmt.Fprint(a.err, prompt+": ")
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// ask reads a password from the terminal, or one line from what is piped in.
func (a *app) ask(prompt string) (string, error) {
	fmt.Fprint(a.err, prompt+": ")
	if fd, ok := terminalOf(a.in); ok {
		text, err := term.ReadPassword(fd)
		fmt.Fprintln(a.err)
		return string(text), err
	}
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
