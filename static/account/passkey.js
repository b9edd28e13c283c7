/* A passkey: the browser is asked what the button carries, and its answer goes with the form. Only a script can ask. */
(function () {
  "use strict";
  if (!window.PublicKeyCredential) return;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (one) { return one.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function known(list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
  }

  function asked(how, options) {
    options.challenge = bytes(options.challenge);
    if (how === "get") {
      options.allowCredentials = known(options.allowCredentials);
      return navigator.credentials.get({ publicKey: options });
    }
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = known(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  }

  function answer(credential) {
    var response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    });
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response,
      clientExtensionResults: {} });
  }

  document.querySelectorAll("[data-passkey]").forEach(function (button) {
    var form = button.form;
    button.hidden = false;
    button.addEventListener("click", function () {
      button.disabled = true;
      asked(button.dataset.passkey, JSON.parse(button.dataset.ask)).then(function (credential) {
        form.elements.credential.value = answer(credential);
        form.submit();
      }).catch(function () {
        button.disabled = false;
        form.querySelector("[data-passkey-said]").textContent = button.dataset.failed;
      });
    });
  });
}());
