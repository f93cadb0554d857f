package ai.rails.app.attestation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.QeReport;
import ai.rails.attestation.verdict.TdReport;

/// Claims as JSON: lower-case hex, and the names that the conformance cases use.
final class ClaimsJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ClaimsJson() {}

  static ObjectNode of(Claims claims) {
    return switch (claims) {
      case Claims.Tdx tdx -> of(tdx);
      case Claims.Snp snp -> of(snp);
    };
  }

  private static ObjectNode of(Claims.Tdx claims) {
    ObjectNode fields = JSON.objectNode();
    fields.put("version", claims.version());
    fields.put("attestationKeyType", 2);
    fields.put("teeType", "00000081");
    fields.put("qeSvn", claims.qeSvn());
    fields.put("pceSvn", claims.pceSvn());
    fields.put("qeVendorId", "939a7233f79c4ca9940a0db3957f0607");
    fields.put("userData", claims.userData().hex());
    put(fields, "bodyType", claims.bodyType());
    fields.put("signedLength", claims.signedLength());
    fields.put("sigDataLength", claims.signatureLength());
    fields.put("trailingLength", claims.trailingBytes());
    fields.put("attestationKey", claims.attestationKey().hex());
    fields.put("certDataType", 5);
    fields.set("body", of(claims.report()));
    fields.set("qeReport", of(claims.quotingEnclave()));
    claims.pck().ifPresent(pck -> fields.set("pck", of(pck)));
    return fields;
  }

  private static ObjectNode of(TdReport report) {
    ObjectNode body = JSON.objectNode();
    body.put("teeTcbSvn", report.teeTcbSvn().hex());
    body.put("mrSeam", report.mrSeam().hex());
    body.put("mrSignerSeam", report.mrSignerSeam().hex());
    body.put("seamAttributes", report.seamAttributes().hex());
    body.put("tdAttributes", report.tdAttributes().hex());
    body.put("xfam", report.xfam().hex());
    body.put("mrTd", report.mrTd().hex());
    body.put("mrConfigId", report.mrConfigId().hex());
    body.put("mrOwner", report.mrOwner().hex());
    body.put("mrOwnerConfig", report.mrOwnerConfig().hex());
    for (int i = 0; i < report.rtMr().size(); i++) {
      body.put("rtMr" + i, report.rtMr().get(i).hex());
    }
    body.put("reportData", report.reportData().hex());
    report.teeTcbSvn2().ifPresent(svn -> body.put("teeTcbSvn2", svn.hex()));
    report.mrServiceTd().ifPresent(hash -> body.put("mrServiceTd", hash.hex()));
    return body;
  }

  private static ObjectNode of(QeReport report) {
    ObjectNode enclave = JSON.objectNode();
    enclave.put("cpuSvn", report.cpuSvn().hex());
    enclave.put("miscSelect", report.miscSelect().hex());
    enclave.put("attributes", report.attributes().hex());
    enclave.put("mrEnclave", report.mrEnclave().hex());
    enclave.put("mrSigner", report.mrSigner().hex());
    enclave.put("isvProdId", littleEndian(report.isvProdId()));
    enclave.put("isvSvn", littleEndian(report.isvSvn()));
    return enclave;
  }

  private static ObjectNode of(PckIdentity pck) {
    ObjectNode platform = JSON.objectNode();
    platform.put("fmspc", pck.fmspc().hex());
    platform.put("pceId", pck.pceId().hex());
    platform.put("ppid", pck.ppid().hex());
    pck.components().forEach(platform.withArray("sgxTcbComponents")::add);
    platform.put("pceSvn", pck.pceSvn());
    platform.put("cpuSvn", pck.cpuSvn().hex());
    platform.put("sgxType", pck.sgxType());
    platform.put("issuer", pck.issuer());
    platform.put("serial", pck.serial());
    platform.put("notBefore", pck.notBefore().toString());
    platform.put("notAfter", pck.notAfter().toString());
    put(platform, "platformInstanceId", pck.platformInstanceId().map(Bytes::hex));
    return platform;
  }

  private static ObjectNode of(Claims.Snp claims) {
    ObjectNode fields = JSON.objectNode();
    fields.put("version", claims.version());
    fields.put("guestSvn", claims.guestSvn());
    fields.put("policy", "%016x".formatted(claims.policy()));
    fields.put("familyId", claims.familyId().hex());
    fields.put("imageId", claims.imageId().hex());
    fields.put("vmpl", claims.vmpl());
    fields.put("signatureAlgo", 1);
    fields.put("currentTcb", claims.currentTcb().hex());
    fields.put("platformInfo", Long.toHexString(claims.platformInfo()));
    fields.put("signingKey", claims.signingKey().name());
    fields.put("maskChipKey", claims.chipIdMasked() ? 1 : 0);
    fields.put("authorKeyEn", claims.authorKeyEnabled() ? 1 : 0);
    fields.put("reportData", claims.reportData().hex());
    fields.put("measurement", claims.measurement().hex());
    fields.put("hostData", claims.hostData().hex());
    fields.put("idKeyDigest", claims.idKeyDigest().hex());
    fields.put("authorKeyDigest", claims.authorKeyDigest().hex());
    fields.put("reportId", claims.reportId().hex());
    fields.put("reportedTcb", claims.reportedTcb().hex());
    claims.reportedTcbParts().ifPresent(parts -> fields.set("reportedTcbParts", of(parts)));
    put(fields, "cpuFamModStep", claims.cpu());
    put(fields, "product", claims.product());
    fields.put("chipId", claims.chipId().hex());
    fields.put("committedTcb", claims.committedTcb().hex());
    fields.put("launchTcb", claims.launchTcb().hex());
    return fields;
  }

  private static ObjectNode of(Claims.TcbParts parts) {
    ObjectNode tcb = JSON.objectNode();
    tcb.put("bl", parts.bootLoader());
    tcb.put("tee", parts.tee());
    tcb.put("snp", parts.snp());
    tcb.put("ucode", parts.microcode());
    parts.firmwareManagement().ifPresent(fmc -> tcb.put("fmc", fmc));
    return tcb;
  }

  static ObjectNode of(Claims.Endorsement endorsement) {
    ObjectNode extensions = of(endorsement.tcb());
    extensions.put("structVersion", endorsement.structure());
    extensions.put("product", endorsement.product());
    put(extensions, "fmc", endorsement.tcb().firmwareManagement());
    put(extensions, "hwid", endorsement.hardwareId().map(Bytes::hex));
    put(extensions, "csp", endorsement.provider());
    return extensions;
  }

  private static void put(ObjectNode node, String name, Optional<String> value) {
    value.ifPresentOrElse(text -> node.put(name, text), () -> node.putNull(name));
  }

  private static void put(ObjectNode node, String name, OptionalInt value) {
    value.ifPresentOrElse(number -> node.put(name, number), () -> node.putNull(name));
  }

  private static void put(ObjectNode node, String name, List<Integer> numbers) {
    if (numbers.isEmpty()) {
      node.putNull(name);
    } else {
      numbers.forEach(node.withArray(name)::add);
    }
  }

  private static String littleEndian(int value) {
    return "%02x%02x".formatted(value & 0xFF, value >> Byte.SIZE);
  }
}
