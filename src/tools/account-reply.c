/*
 * What a program of `accounts program` runs when the password is right: tells mailweird whose it is.
 */
#include "account/account.h"

int main(void)
{
    return account_reply();
}
