package ai.rails.enclave.egress;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/// Tells addresses of the public Internet from all others: the special-purpose registries of RFC
/// 6890 and what was added to them since, and every form that carries an IPv4 address inside IPv6.
///
/// Of IPv6 only 2000::/3 is assigned for global unicast, so all else is refused without a list.
final class GlobalAddresses {
  private static final List<Block> NOT_GLOBAL =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.31.196.0/24",
              "192.52.193.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "192.175.48.0/24",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/4",
              "240.0.0.0/4",
              "2001::/23",
              "2001:db8::/32",
              "2002::/16",
              "2620:4f:8000::/48",
              "3fff::/20")
          .map(Block::parse)
          .toList();
  private static final List<Block> PRIVATE =
      Stream.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
          .map(Block::parse)
          .toList();
  private static final Block GLOBAL_UNICAST = Block.parse("2000::/3");

  private GlobalAddresses() {}

  /// Whether a public host may have this address.
  static boolean isGlobal(InetAddress address) {
    if (address instanceof Inet6Address && !GLOBAL_UNICAST.contains(address)) {
      return false;
    }
    return NOT_GLOBAL.stream().noneMatch(block -> block.contains(address));
  }

  /// Whether a host of a private network may have this address: RFC 1918, or unique local. Never
  /// loopback, link-local (where clouds keep their metadata) or what else is special.
  static boolean isPrivate(InetAddress address) {
    return PRIVATE.stream().anyMatch(block -> block.contains(address));
  }

  /// A network in CIDR notation.
  private record Block(InetAddress network, int prefix) {
    static Block parse(String cidr) {
      int slash = cidr.indexOf('/');
      try {
        return new Block(
            InetAddress.getByName(cidr.substring(0, slash)),
            Integer.parseInt(cidr.substring(slash + 1)));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("not a network: " + cidr, e);
      }
    }

    boolean contains(InetAddress address) {
      byte[] mine = network.getAddress();
      byte[] other = address.getAddress();
      if (mine.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >>> (bit % Byte.SIZE);
        if ((mine[bit / Byte.SIZE] & mask) != (other[bit / Byte.SIZE] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
