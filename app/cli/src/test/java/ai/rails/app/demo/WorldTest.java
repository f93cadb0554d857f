package ai.rails.app.demo;

import java.util.List;

import org.junit.jupiter.api.Test;

import ai.rails.command.slack.SlackSide;
import ai.rails.standin.StandIns;

import static org.assertj.core.api.Assertions.assertThat;

final class WorldTest {
  @Test
  void whoClicksInSlackIsTold() {
    // The demo takes clicks over HTTP, so that it needs no sockets.
    List<String> hosts = SlackSide.HOSTS.stream().filter(host -> !host.startsWith("wss-")).toList();

    assertThat(hosts).hasSize(2);
    assertThat(World.hosts()).containsAll(hosts);
    assertThat(World.developmentHosts(new StandIns.Ports(1, 2, 3, 4, 5, 6, 7, 8)).split(","))
        .contains(hosts.stream().map("%s:443=127.0.0.1:2"::formatted).toArray(String[]::new));
  }
}
