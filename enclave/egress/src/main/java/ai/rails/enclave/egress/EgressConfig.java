package ai.rails.enclave.egress;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

import com.google.crypto.tink.subtle.Ed25519Verify;

import ai.rails.enclave.egress.Refusal.RefusedException;
import ai.rails.platform.http.RunnerIdentity;

/// What the proxy is told at start.
///
/// @param port to listen on at the loopback address or `bind`; 0 takes a free one
/// @param bind address to listen on
/// @param proxyId tickets name it
/// @param ticketKey checks tickets' signatures
/// @param development targets that stand for a local address; never in production
/// @param privateTargets that may have an address of a private network, for a proxy beside a runner
/// @param tunnels most tunnels at a time
/// @param tenantTunnels most tunnels of one tenant at a time
record EgressConfig(
    int port,
    InetAddress bind,
    String proxyId,
    Ed25519Verify ticketKey,
    Map<Target, InetSocketAddress> development,
    Set<Target> privateTargets,
    int tunnels,
    int tenantTunnels) {
  private static final String PREFIX = "egress.";
  private static final Set<String> KEYS =
      Set.of(
          "egress.port",
          "egress.bind",
          "egress.proxyId",
          "egress.ticket.public",
          "egress.development.allow",
          "egress.private.allow",
          "egress.tunnels",
          "egress.tenantTunnels");

  EgressConfig {
    if (proxyId.isEmpty() || proxyId.length() > 64) {
      throw new IllegalArgumentException("egress.proxyId has 1 to 64 characters");
    }
    if (port < 0 || port > 65_535 || tunnels < 1 || tenantTunnels < 1) {
      throw new IllegalArgumentException(
          "egress.port is 0 to 65535; egress.tunnels and egress.tenantTunnels are at least 1");
    }
    if (!privateTargets.isEmpty() && !RunnerIdentity.isProxy(proxyId)) {
      throw new IllegalArgumentException(
          "egress.private.allow is for the proxy beside a runner, whose egress.proxyId starts with"
              + " runner.; %s is none, remove it".formatted(proxyId));
    }
    development = Map.copyOf(development);
    privateTargets = Set.copyOf(privateTargets);
  }

  /// Reads a component's properties file; keys of other components are left alone.
  static EgressConfig load(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return of(properties);
  }

  /// @throws IllegalArgumentException naming the key, the value and the rule
  static EgressConfig of(Properties properties) {
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(PREFIX) && !KEYS.contains(key)) {
        throw new IllegalArgumentException(
            "unknown key %s; the egress proxy knows %s".formatted(key, KEYS));
      }
    }
    String allow = properties.getProperty("egress.development.allow", "");
    String kind = properties.getProperty("environment.kind", "production");
    if (!allow.isBlank() && !kind.equals("development")) {
      throw new IllegalArgumentException(
          "egress.development.allow needs environment.kind=development; it is " + kind);
    }
    return new EgressConfig(
        number(properties, "egress.port", "0"),
        address(properties.getProperty("egress.bind", "127.0.0.1")),
        required(properties, "egress.proxyId"),
        key(required(properties, "egress.ticket.public")),
        mappings(allow),
        privateTargets(properties.getProperty("egress.private.allow", "")),
        number(properties, "egress.tunnels", "512"),
        number(properties, "egress.tenantTunnels", "64"));
  }

  private static Ed25519Verify key(String base64) {
    try {
      return new Ed25519Verify(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("egress.ticket.public is base64 of 32 bytes", e);
    }
  }

  private static Map<Target, InetSocketAddress> mappings(String allow) {
    Map<Target, InetSocketAddress> mappings = new HashMap<>();
    for (String entry : Arrays.asList(allow.split("[,\\s]+", -1))) {
      if (entry.isEmpty()) {
        continue;
      }
      String[] sides = entry.split("=", -1);
      int colon = sides.length == 2 ? sides[1].lastIndexOf(':') : -1;
      if (colon < 1) {
        throw new IllegalArgumentException(
            "egress.development.allow is a list of host:port=address:port; not " + entry);
      }
      try {
        mappings.put(
            Target.parse(sides[0]),
            new InetSocketAddress(
                address(sides[1].substring(0, colon)),
                Integer.parseInt(sides[1].substring(colon + 1))));
      } catch (RefusedException e) {
        throw new IllegalArgumentException(
            "egress.development.allow names a host in lower case with a dot; not " + entry, e);
      }
    }
    return mappings;
  }

  private static Set<Target> privateTargets(String allow) {
    Set<Target> targets = new HashSet<>();
    for (String entry : Arrays.asList(allow.split("[,\\s]+", -1))) {
      try {
        if (!entry.isEmpty()) {
          targets.add(Target.parse(entry));
        }
      } catch (RefusedException e) {
        throw new IllegalArgumentException(
            "egress.private.allow is a list of host:port; not " + entry, e);
      }
    }
    return targets;
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an IP address: " + text, e);
    }
  }

  private static int number(Properties properties, String key, String preset) {
    String text = properties.getProperty(key, preset).strip();
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("%s is a number; not %s".formatted(key, text), e);
    }
  }

  private static String required(Properties properties, String key) {
    String value = properties.getProperty(key, "").strip();
    if (value.isEmpty()) {
      throw new IllegalArgumentException("the egress proxy needs " + key);
    }
    return value;
  }
}
