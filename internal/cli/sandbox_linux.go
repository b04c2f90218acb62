package cli

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/sandbox"
	"pig/internal/transport"
	"pig/internal/ui"
	"pig/internal/value"
)

func (a *app) sandbox() *cobra.Command {
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Manage local test nodes",
		Long: `Manage test nodes on this machine: each has systemd, sshd and an address of its own, in network namespaces.

  pig sandbox up -i inventory/sandbox.yml
  pig apply --sandbox -i inventory/sandbox.yml
  pig sandbox exec 10.10.10.11 -- systemctl status patroni
  pig sandbox down --purge

` + exitHelp,
	}
	c.AddCommand(a.sandboxUp(), a.sandboxExec(), a.sandboxStatus(), a.sandboxDown())
	return c
}

func (a *app) sandboxUp() *cobra.Command {
	conf := sandbox.Config{}
	var sources []string
	var count int
	var systems []string
	c := &cobra.Command{
		Use: "up", Short: "Start a node for each host of an inventory", Args: cobra.NoArgs,
		Long: `Start a node for each host of an inventory. Running nodes are not touched. The first start builds an image.

  pig sandbox up -i inventory/sandbox.yml --prepared
  pig sandbox up -i inventory/mixed.yml --os debian13 --os pg-old=debian12
  pig sandbox up --nodes 10

` + exitHelp,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if len(sources) == 0 {
				sources = []string{defaultInventory}
			}
			if err = sandboxNodes(a.Products, &conf, sources, count); err != nil {
				return err
			}
			if conf.OS, err = sandboxSystems(conf.Nodes, systems, sources); err != nil {
				return err
			}
			term := ui.NewTerminal(a.err)
			begin := time.Now()
			conf.Progress = func(s string) {
				text := fmt.Sprintf("%4.0fs %s", time.Since(begin).Seconds(), s)
				if term.Live() {
					term.Status(text)
					return
				}
				term.Print(text + "\n")
			}
			_, err = sandbox.Up(c.Context(), conf)
			term.Status("")
			return err
		},
	}
	f := c.Flags()
	f.StringArrayVarP(&sources, "inventory", "i", nil, "inventory of the hosts to start; may be repeated")
	f.IntVar(&count, "nodes", 0, "number of nodes from 10.10.10.10 on, instead of an inventory")
	f.StringVar(&conf.Name, "name", "pig", "name of the sandbox")
	f.StringArrayVar(&systems, "os", nil, "debian13 (default) or debian12; PATTERN=SYSTEM for some hosts; may be repeated")
	f.BoolVar(&conf.Prepared, "prepared", false, "nodes with the packages installed already")
	return c
}

// sandboxNodes finds out which hosts become nodes, which addresses must stay free, and what Debian's packages lack.
func sandboxNodes(products []product.Product, conf *sandbox.Config, sources []string, count int) error {
	if count > 0 {
		at := netip.MustParseAddr("10.10.10.10")
		for range count {
			conf.Nodes = append(conf.Nodes, sandbox.Node{Name: at.String(), Addr: at})
			at = at.Next()
		}
		return nil
	}
	inv, _, err := inventory.Load(sources, inventory.Options{})
	if err != nil {
		return err
	}
	carrier := product.PackagerOf(products)
	for i, h := range inv.Hosts() {
		vars := inv.Vars(h)
		text := h.Name
		if v := vars.At("ansible_host"); v != nil {
			text = value.Str(v)
		}
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return fmt.Errorf("host %s has no address of its own: set ansible_host", h.Name)
		}
		n := sandbox.Node{Name: h.Name, Addr: addr}
		if carrier != nil && (inGroup(inv, h, carrier.Name()) || i == 0 && inv.Group(carrier.Name()) == nil) {
			n.Repo = true
		}
		for _, p := range products {
			if d, ok := p.(product.Storer); ok {
				n.Disks = append(n.Disks, d.Disks(vars)...)
			}
			if s, ok := p.(product.Sourced); ok {
				needed, liked := s.FromSource(vars, inGroup(inv, h, p.Name()))
				conf.Source = append(conf.Source, needed...)
				if sandbox.HasGo() {
					conf.Source = append(conf.Source, liked...)
				}
			}
		}
		conf.Nodes = append(conf.Nodes, n)
		for _, key := range []string{"pg_vip_address", "vip_address"} {
			if p, err := netip.ParsePrefix(value.Str(vars.At(key))); err == nil {
				conf.ExtraAddrs = append(conf.ExtraAddrs, p.Addr())
			}
		}
	}
	return nil
}

// sandboxSystems gives the system of all nodes, and sets those of nodes that patterns choose.
func sandboxSystems(nodes []sandbox.Node, systems, sources []string) (all string, err error) {
	for _, s := range systems {
		pattern, system, some := strings.Cut(s, "=")
		if !some {
			all = s
			continue
		}
		inv, _, err := inventory.Load(sources, inventory.Options{})
		if err != nil {
			return "", err
		}
		hosts, err := inv.Match(pattern)
		if err != nil {
			return "", err
		}
		if len(hosts) == 0 {
			return "", fmt.Errorf("--os %s: no host matches %s", s, pattern)
		}
		for i := range nodes {
			if slices.ContainsFunc(hosts, func(h *inventory.Host) bool { return h.Name == nodes[i].Name }) {
				nodes[i].OS = system
			}
		}
	}
	return all, nil
}

// reachSandbox is how the nodes of a sandbox are dialled, and as whom.
func reachSandbox(name string) (transport.Config, string, error) {
	box, err := sandbox.Open(name)
	if err != nil {
		return transport.Config{}, "", err
	}
	return transport.Config{
		Dial: box.DialContext, Home: "/root", KnownHosts: []string{box.KnownHosts()}, Identities: []string{box.PrivateKey()},
	}, box.AdminUser(), nil
}

// insideSandbox is a command line of ssh that runs in the network of a sandbox, with its keys.
func insideSandbox(name string, line []string) ([]string, error) {
	box, err := sandbox.Open(name)
	if err != nil {
		return nil, err
	}
	return append([]string{"nsenter", "--net=" + box.ControlNamespace(), line[0], "-F", box.SSHConfig()}, line[1:]...), nil
}

func inGroup(inv *inventory.Inventory, h *inventory.Host, group string) bool {
	return slices.Contains(inv.GroupNames(h), group)
}

func (a *app) sandboxExec() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use: "exec [NODE] -- COMMAND ...", Short: "Run a command in a node, or in the control namespace",
		Long: `Run a command as root in a node; without a node, in the namespace from which the nodes can be reached.

  pig sandbox exec 10.10.10.11 -- patronictl list
  pig sandbox exec -- ping -c1 10.10.10.11

The exit status is that of the command. If the command was not started:

` + exitHelp,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			node := ""
			if dash := c.ArgsLenAtDash(); dash == 1 {
				node, args = args[0], args[1:]
			} else if dash != 0 {
				return fmt.Errorf("put -- before the command: pig sandbox exec NODE -- COMMAND")
			}
			s, err := sandbox.Open(name)
			if err != nil {
				return err
			}
			code, err := s.Exec(c.Context(), node, args, a.in, a.out, a.err)
			if err != nil {
				return err
			}
			if code != 0 {
				return exitStatus(code)
			}
			return nil
		},
	}
	c.Flags().StringVar(&name, "name", "pig", "name of the sandbox")
	return c
}

func (a *app) sandboxStatus() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use: "status", Short: "List the nodes of a sandbox", Args: cobra.NoArgs,
		Long: "List the nodes with their state.\n\n  pig sandbox status\n\n" + exitHelp,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := sandbox.Open(name)
			if err != nil {
				return err
			}
			nodes, err := s.Status(c.Context())
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
			fmt.Fprintln(w, "NODE\tADDRESS\tSTATE\tSSH\tPID\tIMAGE")
			for _, n := range nodes {
				fmt.Fprintf(w, "%s\t%s\t%s\t%t\t%d\t%s\n", n.Name, n.Addr, n.State, n.SSH, n.PID, n.Image)
			}
			return w.Flush()
		},
	}
	c.Flags().StringVar(&name, "name", "pig", "name of the sandbox")
	return c
}

func (a *app) sandboxDown() *cobra.Command {
	var name string
	var purge bool
	c := &cobra.Command{
		Use: "down", Short: "Stop all nodes of a sandbox", Args: cobra.NoArgs,
		Long: "Stop all nodes of a sandbox. The disks stay for the next start, except with --purge.\n\n  pig sandbox down --purge\n\n" + exitHelp,
		RunE: func(c *cobra.Command, _ []string) error {
			return sandbox.Down(context.WithoutCancel(c.Context()), name, purge)
		},
	}
	c.Flags().StringVar(&name, "name", "pig", "name of the sandbox")
	c.Flags().BoolVar(&purge, "purge", false, "removal of the disks too")
	return c
}
