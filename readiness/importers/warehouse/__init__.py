"""Cases that lie in a database or a lakehouse: counted there by one Ibis expression, so that only figures move here."""
