package minio

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"pig/internal/format"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/minio/model"
	"pig/internal/value"
)

// Cluster is a MinIO cluster.
type Cluster struct {
	Name    string
	Members []*Member // by first appearance
	Volumes string    // MINIO_VOLUMES
	Range   string    // {min...max} of the numbers
}

// Member is a node of MinIO.
type Member struct {
	*product.Host
	Seq      int
	Instance string   // <minio_cluster>-<minio_seq>
	Nodename string   // by the pattern minio_node
	Dirs     []string // data directories
}

func (r *resolver) minio() {
	names, members := r.Clusters("minio_cluster")
	for _, name := range names {
		c := &Cluster{Name: name}
		for _, n := range members[name] {
			if seq, ok := product.ToInt(n.Vars.Own("minio_seq")); ok {
				m := &Member{Host: n, Seq: seq, Instance: fmt.Sprintf("%s-%d", name, seq), Dirs: model.Dirs(n.Vars.Text("minio_data"))}
				nodename, err := product.Fill(n.Vars.Text("minio_node"), map[string]any{"minio_cluster": name, "minio_seq": seq})
				r.AddError(n.Vars.Pos("minio_node"), err)
				m.Nodename = nodename
				c.Members = append(c.Members, m)
				n.AddFacts(func() *value.Dict { return c.Vars(m) })
			}
		}
		if len(c.Members) > 0 {
			r.minioVolumes(c)
			r.minioNames(c)
			r.Env.SetPart("minio", append(Of(r.Env), c))
		}
	}
}

// minioVolumes computes MINIO_VOLUMES: the directories of one node, or URLs with ranges of nodes and directories.
func (r *resolver) minioVolumes(c *Cluster) {
	vars := c.Members[0].Vars
	low, high := c.Members[0].Seq, c.Members[0].Seq
	for _, m := range c.Members {
		low, high = min(low, m.Seq), max(high, m.Seq)
	}
	c.Range = fmt.Sprintf("{%d...%d}", low, high)
	if explicit := vars.Text("minio_volumes"); explicit != "" {
		c.Volumes = explicit
		return
	}
	data := vars.Text("minio_data")
	if len(c.Members) == 1 {
		c.Volumes = data
		return
	}
	host, _ := product.Fill(vars.Text("minio_node"), map[string]any{"minio_cluster": c.Name, "minio_seq": c.Range})
	scheme := "http"
	if vars.Bool("minio_https") {
		scheme = "https"
	}
	c.Volumes = scheme + "://" + format.HostPort(host, vars.Text("minio_port")) + data
}

// minioNames refuses names that stand for several members, and volumes on hosts that are none.
func (r *resolver) minioNames(c *Cluster) {
	vars := c.Members[0].Vars
	known := map[string]string{}
	for _, m := range c.Members {
		known[m.Name] = m.Name
		if other, taken := known[m.Nodename]; taken && other != m.Name {
			r.Errorf(m.Vars.Pos("minio_node"), "invalid minio_node: %s is the name of both %s and %s", m.Nodename, other, m.Name).
				WithHint("add ${minio_seq} to the name")
			return
		}
		known[m.Nodename] = m.Name
	}
	explicit := vars.Text("minio_volumes")
	if explicit == "" || params.IsTemplate(vars.Get("minio_volumes")) {
		return
	}
	for word := range strings.FieldsSeq(explicit) {
		for _, volume := range model.Dirs(word) {
			u, err := url.Parse(volume)
			switch {
			case err != nil:
				r.Errorf(vars.Pos("minio_volumes"), "invalid minio_volumes: %q is neither a path nor a URL", volume)
				return
			case u.Host != "" && known[u.Hostname()] == "":
				r.Errorf(vars.Pos("minio_volumes"), "invalid minio_volumes: host %q not found in %s", u.Hostname(), c.Name).
					WithHint("the members are %s", strings.Join(c.Hosts(), ", "))
				return
			}
		}
	}
}

// Vars are the facts about the cluster as a member sees it, under Pigsty's names.
func (c *Cluster) Vars(m *Member) *value.Dict {
	addresses, names := []string{}, []string{}
	for _, o := range c.Members {
		addresses = append(addresses, o.Name)
		names = append(names, o.Name+" "+o.Nodename)
	}
	slices.Sort(addresses)
	return value.DictOf("minio_instance", m.Instance, "minio_nodename", m.Nodename, "minio_data_dirs", strings.Join(m.Dirs, ","),
		"minio_cluster_members", value.Strings(addresses), "minio_seq_range", c.Range, "minio_member", strings.Join(names, ","), "minio_volumes", c.Volumes)
}

// Hosts are those of all members, by first appearance.
func (c *Cluster) Hosts() []string {
	hosts := make([]string, len(c.Members))
	for i, m := range c.Members {
		hosts[i] = m.Name
	}
	return hosts
}

// Of are the MinIO clusters of env.
func Of(env *product.Environment) []*Cluster {
	all, _ := env.Part("minio").([]*Cluster)
	return all
}

// resolver finds MinIO clusters.
type resolver struct{ *product.Resolver }
