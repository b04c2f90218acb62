package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/crypto/ssh"

	"pig/internal/format"
	"pig/internal/inventory"
	"pig/internal/transport"
)

type trustOptions struct {
	inventory []string
	limit     string
	sandbox   string
	timeout   int
	yes       bool
	replace   bool
}

// AddFlags adds the flags to a command.
func (o *trustOptions) AddFlags(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.inventory, "inventory", "i", nil, "inventory file, directory, script, host list or CMDB (service=NAME, postgres://...); may be repeated (default pigsty.yml)")
	f.StringVarP(&o.limit, "limit", "l", "", "pattern of the hosts to use")
	f.StringVar(&o.sandbox, "sandbox", "", "name of the sandbox that the hosts run in")
	f.Lookup("sandbox").NoOptDefVal = "pig"
	f.IntVarP(&o.timeout, "timeout", "T", 15, "seconds to wait for a host")
	f.BoolVarP(&o.yes, "yes", "y", false, "no question before recording")
	f.BoolVar(&o.replace, "replace", false, "replacement of recorded keys")
}

// trustCommand is a verb of pig node.
func (a *app) nodeTrust() *cobra.Command {
	o := &trustOptions{}
	c := &cobra.Command{
		Use:   "trust [HOST ...]",
		Short: "Record the SSH host keys of hosts",
		Long: `Read the SSH host keys of hosts, show them, and record them in known_hosts after a confirmation.

  pig node trust                        all hosts of the inventory
  pig node trust 10.10.10.11
  pig node trust --replace 10.10.10.11  after a reinstallation

Compare a fingerprint on the host itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
A key that differs from the recorded one is refused without --replace.

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.limit = strings.Join(append(strings.Fields(o.limit), args...), ",")
			}
			s, err := a.open(c.Context(), &runOptions{inventory: o.inventory, limit: o.limit, sandbox: o.sandbox, timeout: o.timeout})
			if err != nil {
				return err
			}
			defer s.close()
			return s.trust(c.Context(), o)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// shownKey is what a host showed.
type shownKey struct {
	host   *inventory.Host
	target transport.Target
	key    ssh.PublicKey
	err    error // it did not answer
	bad    error // it is not on record
}

func (k shownKey) changed() bool {
	var e *transport.HostKeyError
	return errors.As(k.bad, &e) && e.Changed
}

func (k shownKey) state() string {
	switch {
	case k.bad == nil:
		return "known"
	case k.changed():
		return "CHANGED"
	}
	return "new"
}

func (s *session) trust(ctx context.Context, o *trustOptions) error {
	hosts, err := s.hosts()
	if err != nil {
		return err
	}
	if len(hosts) == 0 {
		return fmt.Errorf("no host selected")
	}
	conf, err := s.reach()
	if err != nil {
		return err
	}
	keys := s.askKeys(ctx, conf, hosts)
	var wanted []shownKey
	silent, changed := 0, 0
	w := tabwriter.NewWriter(s.app.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "HOST\tKEY\tFINGERPRINT\tSTATE")
	for _, k := range keys {
		switch {
		case k.err != nil:
			silent++
			fmt.Fprintf(w, "%s\t-\t-\tno answer: %v\n", k.host.Name, k.err)
			continue
		case k.changed():
			changed++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.host.Name, k.key.Type(), ssh.FingerprintSHA256(k.key), k.state())
		if k.bad != nil && (o.replace || !k.changed()) {
			wanted = append(wanted, k)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := s.record(conf, wanted, o); err != nil {
		return err
	}
	switch {
	case changed > 0 && !o.replace:
		fmt.Fprintf(s.app.err, "%s: %s changed. Either the host was reinstalled, or somebody intercepts the connection. If the change is expected, add --replace.\n",
			s.app.paint.Red("refused"), format.Plural(changed, "key"))
		return exitStatus(exitFailed)
	case silent > 0:
		return exitStatus(exitUnreachable)
	}
	return nil
}

// askKeys asks all hosts at once, a bounded number at a time.
func (s *runner) askKeys(ctx context.Context, conf transport.Config, hosts []*inventory.Host) []shownKey {
	e := s.engine(s.base, s.quiet())
	keys := make([]shownKey, len(hosts))
	ramp := make(chan struct{}, 16)
	var all sync.WaitGroup
	for i, h := range hosts {
		all.Go(func() {
			ramp <- struct{}{}
			defer func() { <-ramp }()
			k := shownKey{host: h}
			to, err := e.Reach(h.Name)
			switch {
			case err != nil:
				k.err = err
			case to.Local:
				k.err = errors.New("this host is the controller")
			default:
				k.target = to.Target
				ctx, cancel := context.WithTimeout(ctx, s.opt.connectTimeout())
				defer cancel()
				k.key, k.err = conf.HostKey(ctx, k.target)
			}
			if k.err == nil {
				k.bad = conf.Known(k.target, k.key)
			}
			keys[i] = k
		})
	}
	all.Wait()
	return keys
}

// record asks for consent and writes.
func (s *session) record(conf transport.Config, wanted []shownKey, o *trustOptions) error {
	if len(wanted) == 0 {
		return nil
	}
	if !o.yes {
		if err := s.app.agree(fmt.Sprintf("Record %s in %s? [y/N] ", format.Plural(len(wanted), "key"), conf.KnownHosts[0])); err != nil {
			return err
		}
	}
	for _, k := range wanted {
		if _, err := conf.Trust(k.target, k.key, o.replace); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.app.err, "%s recorded in %s\n", format.Plural(len(wanted), "key"), conf.KnownHosts[0])
	return nil
}

// agree asks a question that y answers. Where nobody can answer, the answer is no.
func (a *app) agree(question string) error {
	if !isTerminal(a.in) {
		fmt.Fprintln(a.err, "Nothing was recorded: no terminal to confirm on. Add --yes.")
		return exitStatus(exitConfirm)
	}
	fmt.Fprint(a.err, question)
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil {
		return err
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
		fmt.Fprintln(a.err, "Nothing was recorded.")
		return exitStatus(exitConfirm)
	}
	return nil
}
