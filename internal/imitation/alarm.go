package imitation

// RaiseAlarm makes an etcd cluster raise an alarm, such as NOSPACE. token is its initial-cluster-token.
func (w *World) RaiseAlarm(token, alarm string) {
	c := Shared(w, "etcd "+token, newEtcdCluster)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alarms = append(c.alarms, alarm)
}
