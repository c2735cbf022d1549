/*
 * Which fields a message begins with: in a digest there may be no From_ line to tell it from text, so two
 * fields in a row that everybody knows have to do.
 */
#include "formail/formail-private.h"

#include <string.h>
#include <strings.h>

#include "message/from-line.h"

static const char article[] = "Article ";

/* As formail(1) knows them. */
/* clang-format off */
static const char *const known[] = {
    "Accept", "Acknowledge-To", "Allow", "Alternate-Recipient", "Anon-Post-To", "Anon-Send-To",
    "App-Message-ID", "Apparently-Resent-To", "Apparently-To", "Approved", "Article", "Article-I.D.",
    "Auto-Forward-Count", "Auto-Forwarded-From", "Auto-Submitted", "Autoforwarded", "Bcc", "Cc", "Comments",
    "Content-Description", "Content-Disposition", "Content-ID", "Content-Identifier", "Content-Language",
    "Content-Length", "Content-MD5", "Content-Return", "Content-Transfer-Encoding", "Content-Type",
    "Control", "Conversion", "Conversion-With-Loss", "Cost", "Cutmarks", "Date", "Default-Options",
    "Deferred-Delivery", "Delivered-To", "Delivery-Date", "Derived-From", "Diagnostic-Code",
    "Discarded-X400-IPMS-Extensions", "Discarded-X400-MTS-Extensions", "Disclose-Recipients",
    "Distribution", "DL-Expansion-History", "Encoding", "Encrypt-Key", "Encrypted", "End-of-Header",
    "Envelope-To", "Errors-To", "Expires", "Expiry-Date", "Fake-Sender", "Fcc", "Final-Recipient",
    "Followup-To", "Forwarded", "From", "From-warning", "Full-Name", "Generate-Delivery-Report",
    "Hop-count", "Importance", "In-Reply-To", "Incomplete-Copy", "Keywords", "Language",
    "Last-Attempt-Date", "Last-Modified", "Latent-Time", "Latest-Delivery-Time", "Lines", "Mail-Copies-To",
    "Mail-from", "Mailing-List", "Message", "Message-ID", "Message-Type", "MIME-Version", "MR-Received",
    "Newsgroups", "NNTP-Posting-Date", "NNTP-Posting-Host", "Not-Delivered-To",
    "Notice-Requested-Upon-Delivery-To", "Obsoletes", "Organisation", "Organization",
    "Original-Auto-Forwarded-From", "Original-Cc", "Original-Date", "Original-Encoded-Information-Types",
    "Original-From", "Original-Received", "Original-To", "Originator", "Originator-Return-Address", "Path",
    "Post-To", "Posted", "Posted-Date", "Posted-To", "PP-Warning", "Precedence",
    "Prevent-Nondelivery-Report", "Priority", "Public", "Read-Receipt-To", "Received", "Received-Date",
    "Reference", "References", "Relay-Version", "Remote-MTA", "Replied", "Reply-By", "Reply-To",
    "Report-Version", "Request-Remailing-To", "Requested-Delivery-Method", "Resent", "Resent-Bcc",
    "Resent-Cc", "Resent-Date", "Resent-From", "Resent-Message-ID", "Resent-Reply-To", "Resent-Sender",
    "Resent-To", "Return-Path", "Return-Receipt-Requested", "Return-Receipt-To", "Sender", "Sensitivity",
    "Sent-By", "Server", "Status", "Subject", "Submitted-by", "Summary", "Supersedes", "Text", "Title",
    "To", "Transport-Options", "URI", "User-Agent", "Version", "Via", "WWW-Link", "X400-Content-Type",
    "X400-MTS-Identifier", "X400-Originator", "X400-Received", "X400-Recipients", "X400-Trace", "Xref",
};
/* clang-format on */

/* And all that begin like this. */
static const char *const known_prefixes[] = {"Old-", "X-"};

static bool has_known_prefix(struct span name)
{
    for (size_t i = 0; i < sizeof known_prefixes / sizeof *known_prefixes; i++)
        if (span_starts_nocase(name, known_prefixes[i]))
            return true;
    return false;
}

/* Without colon and the blanks before it. */
static bool is_known(struct span name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == name.n && strncasecmp(known[i], name.p, name.n) == 0)
            return true;
    return false;
}

bool header_looks_known(const struct header *header)
{
    struct span name = field_name_span(&header->fields.fields[header->fields.n - 1]);

    name.n -= name.n > 0; /* colon, or the blank of `From ` */
    return has_known_prefix(name) || is_known(span_trim_end(name));
}

bool header_may_be_known(struct span line)
{
    struct span name = line;

    for (name.n = 0; name.n < line.n && !strchr(" \t:", line.p[name.n]); name.n++)
        ;
    return from_line_is(line) || span_starts(line, article) || has_known_prefix(line) || is_known(name);
}

bool header_add_article(struct header *header, struct span line)
{
    if (header->fields.n || !span_starts(line, article))
        return false;
    field_list_add(&header->fields, header->arena, line)->name = strlen(article);
    return true;
}
