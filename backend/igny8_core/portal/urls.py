"""Addresses of the portal."""

from django.urls import path

from igny8_core.portal.views import (
    credits,
    documents,
    home,
    invitation,
    invoices,
    keys,
    passkey_sign_in,
    passkeys,
    passwords,
    pay,
    payments,
    saved_methods,
    security,
    signing_in,
    statement,
    team,
)

app_name = "portal"

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("sign-in/", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", signing_in.SecondStep.as_view(), name="second-step"),
    path("sign-in/passkey/", passkey_sign_in.PasskeySignIn.as_view(), name="passkey-sign-in"),
    path("sign-in/passkey/options/", passkey_sign_in.PasskeyOptions.as_view(), name="passkey-options"),
    path("sign-out/", signing_in.SignOut.as_view(), name="sign-out"),
    path("preferences/", signing_in.Preferences.as_view(), name="preferences"),
    path("password/", passwords.Forgotten.as_view(), name="forgotten"),
    path("password/<str:token>/", passwords.Reset.as_view(), name="reset"),
    path("invitation/<str:token>/", invitation.Invitation.as_view(), name="invitation"),
    path("invitation/<str:token>/passkey/", invitation.InvitationByPasskey.as_view(), name="invitation-passkey"),
    path(
        "invitation/<str:token>/passkey/options/",
        invitation.InvitationPasskeyOptions.as_view(),
        name="invitation-passkey-options",
    ),
    path("invoices/", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.OneInvoice.as_view(), name="invoice"),
    path("invoices/<uuid:invoice_id>/pay/", pay.Pay.as_view(), name="pay"),
    path("payments/", payments.Payments.as_view(), name="payments"),
    path("payments/<uuid:payment_id>/", payments.OnePayment.as_view(), name="payment"),
    path("payments/<uuid:payment_id>/proofs/", payments.AddProof.as_view(), name="add-proof"),
    path("payments/<uuid:payment_id>/proofs/<uuid:proof_id>/", payments.Proof.as_view(), name="proof"),
    path("payments/<uuid:payment_id>/cancel/", payments.CancelPayment.as_view(), name="cancel"),
    path("invoices/<uuid:invoice_id>/pdf/", documents.InvoicePdf.as_view(), name="invoice-pdf"),
    path("payments/<uuid:payment_id>/receipt/", documents.ReceiptPdf.as_view(), name="receipt"),
    path("credits/", credits.Credits.as_view(), name="credits"),
    path("credits/<uuid:package_id>/buy/", credits.Purchase.as_view(), name="buy"),
    path("statement/", statement.Statement.as_view(), name="statement"),
    path("methods/", saved_methods.SavedMethods.as_view(), name="methods"),
    path("methods/<uuid:method_id>/", saved_methods.SavedMethod.as_view(), name="method"),
    path(
        "methods/<uuid:method_id>/default/",
        saved_methods.SavedMethodStep.as_view(step="default"),
        name="method-default",
    ),
    path(
        "methods/<uuid:method_id>/remove/", saved_methods.SavedMethodStep.as_view(step="remove"), name="method-remove"
    ),
    path("team/", team.Team.as_view(), name="team"),
    path("team/<uuid:user_id>/", team.TeamMember.as_view(), name="team-member"),
    path(
        "team/invitations/<uuid:invitation_id>/resend/",
        team.TeamInvitation.as_view(step="resend"),
        name="resend-invitation",
    ),
    path(
        "team/invitations/<uuid:invitation_id>/revoke/",
        team.TeamInvitation.as_view(step="revoke"),
        name="revoke-invitation",
    ),
    path("keys/", keys.Keys.as_view(), name="keys"),
    path("keys/<uuid:key_id>/revoke/", keys.RevokeKey.as_view(), name="revoke-key"),
    path("security/", security.Security.as_view(), name="security"),
    path("security/two-step/", security.TwoStep.as_view(), name="two-step"),
    path("security/two-step/begin/", security.TwoStepBegin.as_view(), name="two-step-begin"),
    path("security/two-step/off/", security.TwoStepOff.as_view(), name="two-step-off"),
    path("security/passkeys/", passkeys.Passkeys.as_view(), name="passkeys"),
    path("security/passkeys/new/", passkeys.AddPasskey.as_view(), name="add-passkey"),
    path("security/passkeys/<uuid:passkey_id>/remove/", passkeys.RemovePasskey.as_view(), name="remove-passkey"),
]
