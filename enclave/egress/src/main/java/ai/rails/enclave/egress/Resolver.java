package ai.rails.enclave.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Looks a name up; the proxy asks once for each tunnel.
@FunctionalInterface
interface Resolver {
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /// The machine's resolver. [Target] has already refused whatever the JDK reads as an address.
  static Resolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
