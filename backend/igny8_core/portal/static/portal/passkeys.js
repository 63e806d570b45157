// Passkeys: asks the device, puts its answer into the form and sends that. Shown only where the browser can.
"use strict";

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
function toText(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));

// Written out, because extensions that stand in for the device often answer without toJSON().
const ceremonies = {
  async create(options) {
    const user = { ...options.user, id: toBytes(options.user.id) };
    const excludeCredentials = withBytes(options.excludeCredentials);
    const publicKey = { ...options, challenge: toBytes(options.challenge), user, excludeCredentials };
    const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
    return {
      id, type, rawId: toText(rawId),
      response: {
        clientDataJSON: toText(response.clientDataJSON),
        attestationObject: toText(response.attestationObject),
        transports: response.getTransports?.() ?? [],
      },
    };
  },
  async get(options) {
    const allowCredentials = withBytes(options.allowCredentials);
    const publicKey = { ...options, challenge: toBytes(options.challenge), allowCredentials };
    const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
    return {
      id, type, rawId: toText(rawId),
      response: {
        clientDataJSON: toText(response.clientDataJSON),
        authenticatorData: toText(response.authenticatorData),
        signature: toText(response.signature),
        userHandle: response.userHandle ? toText(response.userHandle) : null,
      },
    };
  },
};

async function optionsOf(button) {
  if (button.dataset.options) return JSON.parse(button.dataset.options);
  const answer = await fetch(button.dataset.from);
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
}

async function perform(button) {
  const { form } = button;
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  button.disabled = true;
  try {
    const credential = await ceremonies[button.dataset.passkey](await optionsOf(button));
    form.elements.credential.value = JSON.stringify(credential);
  } catch {
    failed.hidden = false;
    return;
  } finally {
    button.disabled = false;
  }
  form.requestSubmit(button);
}

// Browsers know passkeys of names, not of bare addresses.
const isBareAddress = /^[\d.]+$|:/.test(location.hostname);
if (window.PublicKeyCredential && !isBareAddress) {
  for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-no-passkeys]")) part.hidden = true;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-passkey]");
  if (!button) return;
  event.preventDefault();
  perform(button);
});
