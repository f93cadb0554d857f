package ai.rails.connector;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TemplateTest {
  private static JsonNode json(String text) {
    try {
      return ManifestJson.MAPPER.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private final JsonNode scope =
      json(
          """
          {'params':{'id':'a/b?c=d&e','text':'say {/params/secret} $1 \\\\','secret':'s','n':7,
           'none':null,'ref':{'link':'https://x','value':'v'},'map':{'a':'1','b':'2'},
           'list':['x','y']}}\
          """);

  private JsonNode render(String template) {
    return Template.render(json(template), scope);
  }

  @Test
  void valuesKeepTheirTypeAndMissingOnesAreLeftOut() {
    assertThat(
            render(
                "{'a':{'$value':'/params/n'},'b':{'$value':'/params/gone'},"
                    + "'c':{'$value':'/params/none'},'d':[{'$value':'/params/gone'},1]}"))
        .isEqualTo(json("{'a':7,'d':[1]}"));
    assertThat(
            render(
                "{'a':{'$blank':'/params/none'},'b':{'$blank':'/params/gone'},"
                    + "'c':{'$blank':'/params/n'}}"))
        .isEqualTo(json("{'a':'','c':7}"));
    assertThat(render("{'$scalar':'/params/ref'}")).isEqualTo(json("'v'"));
    assertThat(render("{'$first':['/params/gone','/params/n']}")).isEqualTo(json("7"));
  }

  @Test
  void whatAValueContainsIsNeverReadAsATemplate() {
    assertThat(Template.text("<{/params/text}>", scope)).isEqualTo("<say {/params/secret} $1 \\>");
    assertThat(render("{'t':{'$text':'{/params/text}'}}").path("t").asText())
        .isEqualTo("say {/params/secret} $1 \\");
  }

  @Test
  void valuesStayInTheirPathSegmentAndQueryParameter() {
    assertThat(Template.path("/table/{/params/id}", scope)).isEqualTo("/table/a%2Fb%3Fc%3Dd%26e");
    Map<String, String> query = new LinkedHashMap<>();
    query.put("q", "id={/params/id}^x");
    query.put("n", "{/params/n}");
    assertThat(Template.query(query, scope)).isEqualTo("q=id%3Da%2Fb%3Fc%3Dd%26e%5Ex&n=7");
    assertThatThrownBy(() -> Template.path("/table/{/params/gone}", scope))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Template.path("/{/params/id}", json("{'params':{'id':'..'}}")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void markupInAValueIsShownAndNotFollowed() {
    JsonNode scope = json("{'params':{'body':'<img src=x>\\nA & B'},'call':{'marker':'[m/1]'}}");

    assertThat(
            Template.render(json("{'$html':'<p>{/params/body}</p><p>{/call/marker}</p>'}"), scope)
                .asText())
        .isEqualTo("<p>&lt;img src=x&gt;<br>A &amp; B</p><p>[m/1]</p>");
  }

  @Test
  void eachMakesItemsAndJoinsThemInAnArray() {
    assertThat(
            render(
                "[0,{'$each':{'in':'/params/map','item':{'$text':'{/key}={/item}'}}},"
                    + "{'$each':{'in':'/params/list','item':{'v':{'$value':'/item'}}}},"
                    + "{'$each':{'in':'/params/gone','item':1}},"
                    + "{'$each':{'in':'/params/n','item':{'$value':'/item'}}}]"))
        .isEqualTo(json("[0,'a=1','b=2',{'v':'x'},{'v':'y'},7]"));
  }

  @Test
  void unknownWordsAreRefused() {
    assertThatThrownBy(() -> render("{'$eval':'1+1'}")).hasMessageContaining("$eval");
    assertThat(render("{'$ref':'#/x'}")).isEqualTo(json("{'$ref':'#/x'}"));
  }
}
