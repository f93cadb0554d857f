package ai.rails.command.tenant;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.command.http.Office;
import ai.rails.command.key.LocalKms;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.expect;

/// A tenant with one of each thing that is wrapped, and copies of all of them, as a backup has.
final class Leaver {
  private final Office office;
  private final String tenant;
  private final Path data;
  private final Map<String, byte[]> backup = new TreeMap<>();

  Leaver(Office office, String tenant, Path data) throws Exception {
    this.office = office;
    this.tenant = tenant;
    this.data = data;
    office.furnished(tenant).secret(tenant, "snow-dev", "s".repeat(32));
    expect(
        202,
        office.post(
            "platform",
            "operator",
            "/v1/tenants",
            "{\"tenant\": \"%s\", \"region\": \"eu\"}".formatted(tenant),
            Role.PLATFORM));
    expect(
        200,
        office.post(
            tenant,
            "svc-provisioner",
            "/v1/tenants/%s/provisioned".formatted(tenant),
            "",
            Role.SERVICE));
    expect(
        204,
        office.put(
            tenant,
            "ada",
            "/v1/workspaces/w1/connector-instances/snow-dev/app-tokens",
            "{\"bot\": \"xoxb-0123456789\", \"app\": \"xapp-0123456789\"}",
            Role.ADMIN));
    LocalKms kms = LocalKms.open(data);
    byte[] workflowKey = kms.wrap(tenant, new byte[32], place("workflow-key", "wf"));
    office.store.execute("INSERT INTO workflow_key VALUES (?, 'wf', ?)", tenant, workflowKey);
    office.store.execute("INSERT INTO run_key VALUES (?, 'r', '\\x01')", tenant);
    office.store.execute("INSERT INTO sealed_content VALUES (?, 'r', 'a', '\\x02')", tenant);
    backup.put(place("workflow-key", "wf"), workflowKey);
    backup.put(place("webhook", "snow-dev"), bytes("webhook_secret_wrapped", "connector_instance"));
    backup.put(place("app-tokens", "snow-dev"), bytes("app_tokens_wrapped", "connector_instance"));
    backup.put(place("instance", "snow-dev"), bytes("ingest_wrapped", "connector_instance"));
    backup.put(
        place(
            "release", office.one("SELECT digest FROM workflow_artifact WHERE tenant = ?", tenant)),
        bytes("ingest_wrapped", "workflow_artifact"));
  }

  private byte[] bytes(String column, String table) {
    return java.util.HexFormat.of()
        .parseHex(
            office.one(
                "SELECT encode(%s, 'hex') FROM %s WHERE tenant = ?".formatted(column, table),
                tenant));
  }

  private String place(String kind, String id) {
    return "airails|1|%s|%s|%s".formatted(kind, tenant, id);
  }

  /// How many of the copies open with the keys that are on the disk.
  int open() throws Exception {
    LocalKms kms = LocalKms.open(data);
    int opened = 0;
    for (Map.Entry<String, byte[]> each : backup.entrySet()) {
      try {
        byte[] _ = kms.unwrap(tenant, each.getValue(), each.getKey());
        opened++;
      } catch (GeneralSecurityException e) {
        // It does not open.
      }
    }
    return opened;
  }

  int copies() {
    return backup.size();
  }
}
