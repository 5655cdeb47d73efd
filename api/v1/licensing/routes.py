"""Licensing: what therapists hold, what admins decide, and which states take part in compacts."""

from typing import Final

from api.v1.licensing.admin_routes import files
from api.v1.licensing.admin_routes import router as admin
from api.v1.licensing.membership_routes import router as memberships
from api.v1.licensing.own_routes import privileges
from api.v1.licensing.own_routes import router as licenses

routers: Final = (licenses, privileges, admin, files, memberships)
