package pgsql

import (
	"fmt"
	"maps"
	"slices"

	"pig/internal/jinja"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// kernel finds which server the cluster runs.
func (r *resolver) kernel(c *Cluster, vars product.Vars) {
	k, err := model.KernelOf(c.Mode)
	if err == nil || params.IsTemplate(c.Mode) {
		c.Kernel = k
		return
	}
	r.Errorf(vars.Pos("pg_mode"), "invalid pg_mode %q: %v", c.Mode, err)
	c.Kernel, _ = model.KernelOf("pgsql")
}

// kernelLibs puts the libraries of the kernel first. In a pg_libs that the inventory writes, a missing one is a mistake.
func (r *resolver) kernelLibs(c *Cluster, vars product.Vars) {
	all, missing := c.Kernel.Preload(c.Libs)
	if vars.Own("pg_libs") == nil {
		c.Libs = all
		return
	}
	for _, lib := range missing {
		r.Errorf(vars.Pos("pg_libs"), "library %q not found in pg_libs: %s (pg_mode %s) needs it", lib, c.Kernel.Maker, c.Mode).WithHint("write pg_libs: '%s'", all)
	}
}

// kernelVars are the facts of a member about its server.
func (c *Cluster) kernelVars(d *value.Dict, version int) {
	settings := value.NewDict()
	for _, name := range slices.Sorted(maps.Keys(c.Kernel.Settings)) {
		settings.Set(name, c.Kernel.Settings[name])
	}
	d.Set("pg_home", c.Kernel.At(version))
	d.Set("pg_kernel_settings", settings)
	d.Set("pg_kernel_csvlog", !c.Kernel.NoCSV)
	d.Set("pg_kernel_foreign_wal", c.Kernel.ForeignWAL)
}

// kernelPackages is NAMES | pg_kernel_packages(MODE): the names of packages of another kernel stand in place of PostgreSQL's own.
func kernelPackages(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	list, ok := in.(*value.List)
	if !ok || len(args) != 1 {
		return nil, fmt.Errorf("pg_kernel_packages requires a list of names and a pg_mode")
	}
	k, err := model.KernelOf(value.Str(args[0]))
	if err != nil {
		return nil, err
	}
	return value.Strings(k.Packages(list.Texts())), nil
}
