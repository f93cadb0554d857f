package ai.rails.app.connector;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.standin.vendor.Adyen;
import ai.rails.standin.vendor.Endpoint.Guard;
import ai.rails.standin.vendor.GoogleCalendar;
import ai.rails.standin.vendor.GoogleDrive;
import ai.rails.standin.vendor.House;
import ai.rails.standin.vendor.Intercom;
import ai.rails.standin.vendor.MicrosoftGraph;
import ai.rails.standin.vendor.Salesforce;
import ai.rails.standin.vendor.X;

/// Every action of the connectors whose vendors have a stand-in in the package of vendors.
final class VendorCases {
  static final String ORG = "acme.my.salesforce.com";
  static final String HOUSE = "desk.airails.internal";
  static final String TOKEN = "canary-access-token";
  static final Map<String, String> CLIENT =
      Map.of("client_id", "desk-app", "client_secret", "canary-client-secret");
  static final Map<String, String> REFRESH =
      Map.of(
          "client_id", "desk-app",
          "client_secret", "canary-client-secret",
          "refresh_token", "canary-refresh-token");
  static final Map<String, String> GRANTED_TO_CLIENT = form("client_credentials", CLIENT);
  static final Map<String, String> GRANTED_TO_REFRESH = form("refresh_token", REFRESH);

  private static final String JSON = "{accept=application/json, authorization=Bearer " + TOKEN;
  private static final String BEARER = JSON + "}";
  private static final String CASES = ORG + " /services/data/v62.0/sobjects/Case/";
  private static final String BY_CLIENT =
      "POST %s {accept=application/json}"
          + " {client_id=desk-app, client_secret=canary-client-secret, grant_type=client_credentials";
  private static final String GOOGLE_TOKEN =
      "POST oauth2.googleapis.com /token {accept=application/json}"
          + " {client_id=desk-app, client_secret=canary-client-secret, grant_type=refresh_token,"
          + " refresh_token=canary-refresh-token}";

  private VendorCases() {}

  static final List<VendorCase> ALL =
      List.of(
          new VendorCase(
              "salesforce",
              "1.2.0",
              "get-case",
              ORG,
              List.of(),
              CLIENT,
              "{'id':'500Wy0000000000001'}",
              VendorCases::salesforce,
              seed(
                  Salesforce.EDIT,
                  "{'Id':'500Wy0000000000001','Subject':'Broken','Description':null,"
                      + "'Status':'New','key':null}"),
              Optional.empty(),
              IdempotencyClass.U,
              false,
              List.of(
                  BY_CLIENT.formatted(ORG + " /services/oauth2/token") + "}",
                  "GET " + CASES + "500Wy0000000000001 " + BEARER),
              "{'Id':'500Wy0000000000001','Status':'New','Subject':'Broken'}",
              "500Wy0000000000001"),
          new VendorCase(
              "salesforce",
              "1.2.0",
              "upsert-case",
              ORG,
              List.of(),
              CLIENT,
              "{'subject':'Broken','description':'It is.','priority':'High'}",
              VendorCases::salesforce,
              Optional.empty(),
              Optional.of(Salesforce.UPSERT),
              IdempotencyClass.U,
              false,
              List.of(
                  BY_CLIENT.formatted(ORG + " /services/oauth2/token") + "}",
                  "PATCH "
                      + CASES
                      + "AIRails__c/{id} "
                      + BEARER
                      + " {'Subject':'Broken','Description':'It is.','Priority':'High'}"),
              "{'id':'500Wy0000000000001AAA'}",
              "500Wy0000000000001AAA"),
          new VendorCase(
              "intercom",
              "1.2.0",
              "reply",
              "api.intercom.io",
              List.of(),
              Map.of("token", TOKEN),
              "{'conversation':'388','admin':'991267596','body':'It is solved.'}",
              () -> new Intercom(TOKEN, "388", "991267596"),
              Optional.empty(),
              Optional.of(Intercom.NOTE),
              IdempotencyClass.Q,
              true,
              List.of(
                  "GET api.intercom.io /conversations/388?{display_as=plaintext} "
                      + JSON
                      + ", intercom-version=2.11}",
                  "POST api.intercom.io /conversations/388/reply "
                      + JSON
                      + ", intercom-version=2.11} {'message_type':'note','type':'admin',"
                      + "'admin_id':'991267596',"
                      + "'body':'<p>It is solved.</p>\\n<p>[airails:run-1/tell]</p>'}"),
              "{'id':'101'}",
              "388"),
          adyen("adyen", "1.2.0", "checkout-test.adyen.com", "/v71"),
          adyen(
              "adyen-live",
              "1.1.0",
              "0123456789abcdef-acme-checkout-live.adyenpayments.com",
              "/checkout/v71"),
          new VendorCase(
              "google-calendar",
              "1.3.0",
              "create-event",
              "www.googleapis.com",
              List.of("oauth2.googleapis.com"),
              REFRESH,
              "{'calendar':'desk@acme.example','summary':'Change window',"
                  + "'start':'2026-01-01T10:00:00Z','end':'2026-01-01T12:00:00+01:00'}",
              () -> new GoogleCalendar("desk@acme.example", GRANTED_TO_REFRESH, TOKEN),
              Optional.empty(),
              Optional.of(GoogleCalendar.EVENT),
              IdempotencyClass.U,
              false,
              List.of(
                  GOOGLE_TOKEN,
                  "GET www.googleapis.com /calendar/v3/calendars/desk@acme.example/events/{id} "
                      + BEARER,
                  "POST www.googleapis.com /calendar/v3/calendars/desk@acme.example/events "
                      + BEARER
                      + " {'id':'{id}','summary':'Change window',"
                      + "'start':{'dateTime':'2026-01-01T10:00:00Z'},"
                      + "'end':{'dateTime':'2026-01-01T12:00:00+01:00'}}"),
              "{'id':'{id}'}",
              "{id}"),
          new VendorCase(
              "google-drive",
              "1.3.0",
              "create-folder",
              "www.googleapis.com",
              List.of("oauth2.googleapis.com"),
              REFRESH,
              "{'name':'Case 7'}",
              () -> new GoogleDrive(GRANTED_TO_REFRESH, TOKEN),
              Optional.empty(),
              Optional.of(GoogleDrive.FOLDER),
              IdempotencyClass.Q,
              false,
              List.of(
                  GOOGLE_TOKEN,
                  "GET www.googleapis.com /drive/v3/files?{fields=files(id), pageSize=1,"
                      + " q=appProperties has { key=\"airails\" and value=\"{id}\" }} "
                      + BEARER,
                  "POST www.googleapis.com /drive/v3/files "
                      + BEARER
                      + " {'name':'Case 7','mimeType':'application/vnd.google-apps.folder',"
                      + "'appProperties':{'airails':'{id}'}}"),
              "{'id':'1FolderIdOfThirtyThreeCharacters0'}",
              "1FolderIdOfThirtyThreeCharacters0"),
          graph(
              "send-mail",
              "{'user':'desk@acme.example','to':'ann@example.org','subject':'s','body':'b'}",
              MicrosoftGraph.MAIL,
              IdempotencyClass.N,
              "sendMail "
                  + BEARER
                  + " {'message':{'subject':'s','body':{'contentType':'Text','content':'b'},"
                  + "'toRecipients':[{'emailAddress':{'address':'ann@example.org'}}]},"
                  + "'saveToSentItems':true}",
              "{'to':'ann@example.org'}"),
          graph(
              "create-event",
              "{'user':'desk@acme.example','subject':'s',"
                  + "'start':'2026-01-01T10:00:00Z','end':'2026-01-01T11:00:00.5Z'}",
              MicrosoftGraph.EVENT,
              IdempotencyClass.K,
              "events "
                  + BEARER
                  + " {'subject':'s','transactionId':'{id}',"
                  + "'start':{'dateTime':'2026-01-01T10:00:00Z','timeZone':'UTC'},"
                  + "'end':{'dateTime':'2026-01-01T11:00:00.5Z','timeZone':'UTC'}}",
              "{'id':'AAMkAGI1AAAt" + "0".repeat(143) + "1AAA='}"),
          new VendorCase(
              "x",
              "1.2.0",
              "post",
              "api.x.com",
              List.of(),
              Map.of("token", TOKEN),
              "{'text':'All systems are up.'}",
              () -> new X(Guard.header("authorization", "Bearer " + TOKEN)),
              Optional.empty(),
              Optional.of(X.POST),
              IdempotencyClass.N,
              true,
              List.of("POST api.x.com /2/tweets " + BEARER + " {'text':'All systems are up.'}"),
              "{'id':'1844500000000000000'}",
              "1844500000000000000"),
          house(
              "get",
              "{'collection':'orders','id':'7'}",
              seed(House.PUT, "{'place':'/orders/7','record':{'a':1}}"),
              Optional.empty(),
              IdempotencyClass.U,
              "GET " + HOUSE + " /orders/7 " + BEARER,
              "{'record':{'a':1}}",
              "orders/7"),
          house(
              "put",
              "{'collection':'orders','id':'7','record':{'a':2}}",
              Optional.empty(),
              Optional.of(House.PUT),
              IdempotencyClass.U,
              "PUT " + HOUSE + " /orders/7 " + BEARER + " {'a':2}",
              "{'id':'7'}",
              "orders/7"),
          house(
              "post",
              "{'collection':'orders','record':{'a':3}}",
              Optional.empty(),
              Optional.of(House.POST),
              IdempotencyClass.K,
              "POST " + HOUSE + " /orders " + JSON + ", idempotency-key=key-tell} {'a':3}",
              "{'record':{'id':'1','a':3}}",
              ""));

  /// Those that change something.
  static final List<VendorCase> WRITES = ALL.stream().filter(VendorCase::isWrite).toList();

  static VendorCase named(String connector, String action) {
    return ALL.stream()
        .filter(each -> each.connector().equals(connector) && each.action().equals(action))
        .findFirst()
        .orElseThrow();
  }

  static Salesforce salesforce() {
    return new Salesforce(ORG, List.of(GRANTED_TO_CLIENT, GRANTED_TO_REFRESH), TOKEN);
  }

  private static VendorCase adyen(String connector, String version, String host, String base) {
    return new VendorCase(
        connector,
        version,
        "refund",
        host,
        List.of(),
        Map.of("api_key", "canary-api-key"),
        "{'payment':'ABCDEFGHIJ123456','merchant':'AcmeECOM','value':1250,'currency':'EUR'}",
        () -> new Adyen(host, base, "canary-api-key", "AcmeECOM", "ABCDEFGHIJ123456"),
        Optional.empty(),
        Optional.of(Adyen.REFUND),
        IdempotencyClass.K,
        true,
        List.of(
            "POST "
                + host
                + " "
                + base
                + "/payments/ABCDEFGHIJ123456/refunds"
                + " {accept=application/json, idempotency-key={id}, x-api-key=canary-api-key}"
                + " {'merchantAccount':'AcmeECOM','amount':{'value':1250,'currency':'EUR'},"
                + "'reference':'airails-{id}'}"),
        "{'psp':'GQHK000000000001','status':'received'}",
        "GQHK000000000001");
  }

  private static VendorCase graph(
      String action,
      String params,
      String effect,
      IdempotencyClass idempotencyClass,
      String received,
      String output) {
    Map<String, String> credential =
        Map.of(
            "tenant", "acme.example",
            "client_id", "desk-app",
            "client_secret", "canary-client-secret");
    Map<String, String> form = new HashMap<>(GRANTED_TO_CLIENT);
    form.put("scope", "https://graph.microsoft.com/.default");
    return new VendorCase(
        "microsoft-365",
        "1.3.0",
        action,
        "graph.microsoft.com",
        List.of("login.microsoftonline.com"),
        credential,
        params,
        () -> new MicrosoftGraph("desk@acme.example", "acme.example", form, TOKEN),
        Optional.empty(),
        Optional.of(effect),
        idempotencyClass,
        true,
        List.of(
            BY_CLIENT.formatted("login.microsoftonline.com /acme.example/oauth2/v2.0/token")
                + ", scope=https://graph.microsoft.com/.default}",
            "POST graph.microsoft.com /v1.0/users/desk@acme.example/" + received),
        output,
        "");
  }

  private static VendorCase house(
      String action,
      String params,
      Optional<Map.Entry<String, ObjectNode>> seed,
      Optional<String> effect,
      IdempotencyClass idempotencyClass,
      String received,
      String output,
      String vendorRef) {
    return new VendorCase(
        "http",
        "1.3.0",
        action,
        HOUSE,
        List.of(),
        Map.of("token", TOKEN),
        params,
        () -> new House(HOUSE, Guard.header("authorization", "Bearer " + TOKEN), List.of()),
        seed,
        effect,
        idempotencyClass,
        true,
        List.of(received),
        output,
        vendorRef);
  }

  private static Optional<Map.Entry<String, ObjectNode>> seed(String kind, String facts) {
    return Optional.of(Map.entry(kind, (ObjectNode) Governed.json(facts)));
  }

  private static Map<String, String> form(String grant, Map<String, String> secrets) {
    Map<String, String> form = new HashMap<>(secrets);
    form.put("grant_type", grant);
    return Map.copyOf(form);
  }
}
