"""Addresses of accounts. allauth looks for its own pages by the names that begin with `account_`."""

from django.urls import include, path

from accounts import door, views
from accounts.guards import for_shoppers, limited
from accounts.wishlist_views import kept

pages = (
    [
        path("", for_shoppers(views.orders), name="orders"),
        path("wishlist/", kept, name="wishlist"),
        path("details/", for_shoppers(views.details), name="details"),
        path("password/", for_shoppers(views.password), name="password"),
        path("close/", for_shoppers(views.close), name="close"),
        path("login/password/", limited(door.PasswordDoor.as_view()), name="password_door"),
    ],
    "accounts",
)
urlpatterns = [
    path("account/", include(pages)),
    path("account/login/", limited(door.Door.as_view()), name="account_login"),
    path("account/login/", limited(door.Door.as_view()), name="account_request_login_code"),
    path("account/login/code/", limited(door.CodeDoor.as_view()), name="account_confirm_login_code"),
    path("account/logout/", limited(door.leave), name="account_logout"),
    path("account/email/", for_shoppers(door.NewEmail.as_view()), name="account_email"),
    path("account/email/code/", limited(door.EmailCode.as_view()), name="account_email_verification_sent"),
]
