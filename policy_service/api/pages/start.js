// Shows the description of this very service; nothing is asked of any other host.
window.ui = SwaggerUIBundle({
  url: "../v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  persistAuthorization: false,
  supportedSubmitMethods: ["get", "post", "put", "patch", "delete"],
});
