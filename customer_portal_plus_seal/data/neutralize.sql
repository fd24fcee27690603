-- A copy for trying does not seal with the company's certificate, nor ask its time-stamp service.
UPDATE customer_portal_seal_certificate SET is_in_use = FALSE, secret = NULL;
UPDATE res_company SET portal_seal_files = FALSE, portal_seal_level = 'b', portal_seal_stamp_url = NULL,
    portal_seal_log = FALSE;
UPDATE customer_portal_seal SET is_waiting = FALSE, next_try = NULL;
