package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"pig"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pig/internal/configure"
	"pig/internal/credential"
	"pig/internal/params"
	"pig/internal/private"
	"pig/internal/value"
)

type configureOptions struct {
	sample, address, output, region string
	version                         int
	force, skip, quiet              bool
}

// AddFlags adds the flags to a command; they are those of Pigsty's configure.
func (o *configureOptions) AddFlags(f *pflag.FlagSet) {
	f.StringVarP(&o.sample, "conf", "c", "meta", "sample to start from: a name or a file")
	f.StringVarP(&o.address, "ip", "i", "", "address of the first host, the admin host (default: the address of this machine)")
	f.StringVarP(&o.output, "output", "o", defaultInventory, "file to write")
	f.IntVarP(&o.version, "version", "v", 0, "major version of PostgreSQL (default: the newest that the package sources of the nodes offer)")
	f.StringVarP(&o.region, "region", "r", "", "region of package mirrors: default, china, europe")
	f.BoolP("generate", "g", true, "generated passwords (always on; for compatibility with Pigsty)")
	f.BoolVarP(&o.skip, "skip", "s", false, "the addresses of the sample, unchanged")
	f.BoolVarP(&o.quiet, "non-interactive", "n", false, "no questions")
	f.BoolVar(&o.force, "force", false, "replacement of an existing file")
}

func (a *app) configure() *cobra.Command {
	o := &configureOptions{}
	c := &cobra.Command{
		Use:   "configure",
		Short: "Create a pigsty.yml from a sample",
		Long: `Create a pigsty.yml from one of the samples, for this machine or a given address.

  pig configure
  pig configure -c ha -i 192.0.2.10
  pig configure -c sandbox -s -o rehearsal.yml

Samples: ` + strings.Join(samples(), ", ") + `.

` + exitHelp,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("version") {
				if err := offered("pg_version", fmt.Sprint(o.version)); err != nil {
					return err
				}
			}
			if c.Flags().Changed("region") {
				if err := offered("region", o.region); err != nil {
					return err
				}
			}
			return a.writeSample(o)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// offered refuses a value of a flag that its parameter does not take.
func offered(param, text string) error {
	var values []string
	for _, v := range params.Lookup(param).Values {
		values = append(values, value.Str(v))
	}
	if slices.Contains(values, text) {
		return nil
	}
	return fmt.Errorf("invalid %s %q: want one of %s", param, text, strings.Join(values, ", "))
}

// samples are the names of the inventories that pig carries.
func samples() []string {
	files, _ := fs.Glob(pig.Content(), "inventory/*.yml")
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".yml")
	}
	return files
}

func (a *app) writeSample(o *configureOptions) error {
	text, err := readSample(o.sample)
	if err != nil {
		return err
	}
	if _, err := os.Stat(o.output); err == nil && !o.force {
		return fmt.Errorf("file %q exists already: name another file with -o, or add --force", o.output)
	}
	change := configure.Options{}
	if !o.skip {
		if change.Address, err = a.firstAddress(o); err != nil {
			return err
		}
	}
	change.Vars = o.vars(change.Address)
	change.Replaced = passwords(text)
	if o.version == 0 {
		change.Dropped = []string{"pg_version"}
	}
	out, err := configure.Rewrite(text, change)
	if err != nil {
		return err
	}
	if err := private.Write(o.output, []byte(modeline+out)); err != nil {
		return err
	}
	if err := writeSchema(filepath.Join(filepath.Dir(o.output), schemaFile)); err != nil {
		return err
	}
	at := change.Address
	if at == "" {
		at = "the sample's addresses"
	}
	named := ""
	if o.output != defaultInventory {
		named = " -i " + o.output
	}
	_, err = fmt.Fprintf(a.out, "%s: %s, for %s\nReview the file, then run: pig validate%[4]s && pig plan%[4]s\n", o.output, o.sample, at, named)
	return err
}

func readSample(name string) (string, error) {
	if strings.ContainsAny(name, "./") {
		text, err := os.ReadFile(name)
		return string(text), err
	}
	text, err := fs.ReadFile(pig.Content(), "inventory/"+name+".yml")
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("sample %q not found: want one of %s", name, strings.Join(samples(), ", "))
	}
	return string(text), err
}

// vars are the global variables that follow from this machine and the flags.
func (o *configureOptions) vars(address string) []configure.Var {
	var vars []configure.Var
	if o.version > 0 {
		vars = append(vars, configure.Var{Name: "pg_version", Value: fmt.Sprint(o.version)})
	}
	if o.region != "" {
		vars = append(vars, configure.Var{Name: "region", Value: o.region})
	}
	if runtime.NumCPU() < 4 && address != "" && slices.Contains(ownAddresses(), address) {
		vars = append(vars, configure.Var{Name: "pg_conf", Value: "tiny.yml"})
	}
	return vars
}

// passwords gives each well-known password of a sample another one.
func passwords(text string) map[string]string {
	all := map[string]string{}
	for _, known := range params.WellKnownIn(text) {
		all[known] = credential.Generate()
	}
	return all
}

// ownAddresses are the IPv4 addresses of this machine that others may know.
func ownAddresses() []string {
	var own []string
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() && !p.Addr().IsLinkLocalUnicast() {
			own = append(own, p.Addr().String())
		}
	}
	return own
}

// firstAddress is the one that was given, else this machine's, if it has just one; else somebody has to choose.
func (a *app) firstAddress(o *configureOptions) (string, error) {
	if o.address != "" {
		if ip, err := netip.ParseAddr(o.address); err != nil || !ip.Is4() {
			return "", fmt.Errorf("invalid address %q of -i: want an IPv4 address, such as 10.10.10.10", o.address)
		}
		return o.address, nil
	}
	own := ownAddresses()
	switch {
	case len(own) == 1:
		return own[0], nil
	case slices.Contains(own, configure.SampleAddress):
		return configure.SampleAddress, nil
	case len(own) == 0:
		return "", errors.New("no address found on this machine: give one with -i, or use the addresses of the sample with -s")
	}
	if o.quiet || !isTerminal(a.in) {
		return "", fmt.Errorf("several addresses found on this machine (%s): choose one with -i", strings.Join(own, ", "))
	}
	fmt.Fprintf(a.err, "This machine has several addresses: %s\nWhich address do other hosts use for this machine? ", strings.Join(own, ", "))
	line, err := bufio.NewReader(a.in).ReadString('\n')
	line = strings.TrimSpace(line)
	if err == nil && !slices.Contains(own, line) {
		err = fmt.Errorf("invalid address %q: want one of the addresses of this machine", line)
	}
	return line, err
}
