package ai.rails.enclave.egress;

import java.util.HashMap;
import java.util.Map;

import ai.rails.enclave.egress.Refusal.RefusedException;

/// Bounds how many tunnels are open, over all and for one tenant. Guarded by its own lock.
final class Places {
  private final int limit;
  private final int tenantLimit;
  private final Map<String, Integer> byTenant = new HashMap<>();
  private int open;

  Places(int limit, int tenantLimit) {
    this.limit = limit;
    this.tenantLimit = tenantLimit;
  }

  /// @throws RefusedException with [Refusal#BUSY]
  synchronized void enter(String tenant) throws RefusedException {
    int mine = byTenant.getOrDefault(tenant, 0);
    if (open >= limit || mine >= tenantLimit) {
      throw new RefusedException(Refusal.BUSY);
    }
    open++;
    byTenant.put(tenant, mine + 1);
  }

  synchronized void leave(String tenant) {
    open--;
    byTenant.computeIfPresent(tenant, (_, mine) -> mine > 1 ? mine - 1 : null);
  }
}
