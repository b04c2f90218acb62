package modules

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// minioHealth waits until MinIO can write: until enough of the cluster's nodes are there.
func minioHealth() module.Module {
	return module.Module{
		Name: "minio_health",
		Spec: module.Spec{Args: append(minioArgs(), module.Arg{Name: "timeout", Type: module.Int, Default: int64(90)})},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			begin := time.Now()
			err := newMinio(c).await(ctx, "/minio/health/cluster", time.Duration(c.Args.Int("timeout"))*time.Second)
			return value.DictOf("elapsed", int64(time.Since(begin).Seconds())), err
		},
	}
}

// minioRestart restarts this node's MinIO. The others go on meanwhile: it waits until the cluster can do without this node.
// together is for settings that all nodes must have alike: then nobody is waited for, as one with the new ones and the others
// would not understand each other.
func minioRestart() module.Module {
	return module.Module{
		Name: "minio_restart",
		Spec: module.Spec{Args: append(minioArgs(), module.Arg{Name: "timeout", Type: module.Int, Default: int64(90)}, module.Arg{Name: "members", Type: module.Int, Default: int64(1)}, module.Arg{Name: "together", Type: module.Bool})},
		Run:  runMinioRestart,
	}
}

func runMinioRestart(ctx context.Context, c *module.Call) (*value.Dict, error) {
	m := newMinio(c)
	unit := c.Args.String("unit")
	services := c.System.Services()
	u, err := services.Unit(ctx, unit)
	if err != nil {
		return nil, err
	}
	limit := time.Duration(c.Args.Int("timeout")) * time.Second
	together := c.Args.Bool("together") || c.Args.Int("members") == 1
	if u.Running() && !together {
		if err := m.await(ctx, "/minio/health/cluster?maintenance=true", limit); err != nil {
			return nil, fmt.Errorf("cannot restart MinIO: the cluster needs this node now: %w", err)
		}
	}
	if err := services.Restart(ctx, unit, node.UnitOptions{Impact: node.ImpactRestart, NoBlock: together}); err != nil {
		return nil, m.trouble(ctx, err)
	}
	if together {
		return value.DictOf("restarted", true), m.replaced(ctx, u.InvocationID, limit)
	}
	return value.DictOf("restarted", true), m.await(ctx, "/minio/health/cluster", limit)
}

// replaced waits until the process of before is gone: what answers then has the new settings.
func (m minioClient) replaced(ctx context.Context, before string, limit time.Duration) error {
	return m.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			u, err := m.call.System.Services().Unit(ctx, m.call.Args.String("unit"))
			switch {
			case err != nil:
				return node.Final(err)
			case u.InvocationID != before && u.InvocationID != "":
				return nil
			}
			return fmt.Errorf("MinIO did not stop within %v", limit)
		},
		Late: m.trouble,
	})
}

// await waits for a health check to be met.
func (m minioClient) await(ctx context.Context, path string, limit time.Duration) error {
	return m.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			status, err := m.plain(ctx, path)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("%s%s answers %d", m.base, path, status)
			}
			return err
		},
		Late: func(ctx context.Context, why error) error {
			return m.trouble(ctx, fmt.Errorf("MinIO did not become healthy within %v: %w", limit, why))
		},
		Assume: func(why error) {
			if !errors.Is(why, node.ErrUnknown) {
				m.call.Facts.Warn("MinIO is not healthy now: %v", why)
			}
		},
	})
}
