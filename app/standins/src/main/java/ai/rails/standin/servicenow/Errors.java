package ai.rails.standin.servicenow;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;

/// The instance's error bodies: `{"error": {message, detail}, "status": "failure"}`.
final class Errors {
  private Errors() {}

  static Response unauthenticated() {
    return error(
        401, "not_authenticated", "User Not Authenticated", "Required to provide Auth information");
  }

  static Response forbidden(String operation) {
    return error(
        403,
        "acl",
        "Operation Failed",
        "ACL Exception " + operation + " Failed due to security constraints");
  }

  static Response policy(String detail) {
    return error(403, "data_policy", "Operation Failed", detail);
  }

  static Response noRecord() {
    return error(
        404,
        "no_record",
        "No Record found",
        "Record doesn't exist or ACL restricts the record retrieval");
  }

  static Response noResource(String path) {
    return error(400, "no_resource", "Requested URI does not represent any resource", path);
  }

  static Response noTable(String table) {
    return error(400, "no_table", "Invalid table " + table, "");
  }

  static Response malformed(String detail) {
    return error(400, "malformed", "Exception while reading request", detail);
  }

  static Response mediaType(int status, String detail) {
    return error(
        status, "media_type", status == 406 ? "Not acceptable" : "Unsupported media type", detail);
  }

  static Response method(String method) {
    return error(405, "method", "Method not supported", method);
  }

  static Response rateLimited(int limit) {
    String detail = "Rate limit of " + limit + " requests per hour for Table API exceeded";
    return error(429, "rate_limit", "Rate limit exceeded", detail);
  }

  static Response unavailable(int status, String message) {
    return error(status, "injected_" + status, message, "");
  }

  private static Response error(int status, String code, String message, String detail) {
    ObjectNode body = Json.object();
    body.putObject("error").put("message", message).put("detail", detail);
    return Response.refused(status, code, body.put("status", "failure"));
  }
}
