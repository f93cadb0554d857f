package ai.rails.enclave.release;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.enclave.content.Digests;

/// Evidence outside a confidential machine: it binds nonce and key by a digest that anybody can
/// compute, proves nothing, and says so.
public final class DevelopmentEvidence implements Evidence {
  private static final Logger LOG = LoggerFactory.getLogger(DevelopmentEvidence.class);

  @Override
  public String kind() {
    return "DEVELOPMENT";
  }

  @Override
  public String of(String nonce, String hpkePublicKey) {
    LOG.warn(
        "this worker shows development evidence: nothing attests its code, memory or machine; never"
            + " give it real data");
    String bound = "airails/development-evidence/1\n" + nonce + "\n" + hpkePublicKey;
    return Base64.getEncoder()
        .encodeToString(Digests.sha256(bound.getBytes(StandardCharsets.UTF_8)));
  }
}
