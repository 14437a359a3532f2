/* The send loop: header, encryption and sending of all payloads of one unit in one call.
 *
 * libsrtp is the one inside pylibsrtp: its srtp_protect comes as an address, so nothing needs
 * to be linked. Packets of equal size go to the kernel as one (UDP_SEGMENT), which cuts them
 * apart; where a socket refuses that, they go one by one in one system call (sendmmsg).
 */
#define PY_SSIZE_T_CLEAN
#define _GNU_SOURCE
#include <Python.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SOL_UDP
#define SOL_UDP 17
#endif

#define LARGEST 1500  /* bytes of a packet with its encryption */
#define TRAILER 144   /* SRTP_MAX_TRAILER_LEN */
#define MOST 44       /* packets in one system call: below 64 KiB, and the kernel's 64 segments */

static int (*protect)(void *, void *, int *);
static int segmenting = 1;
static unsigned char packets[MOST * LARGEST];

static PyObject *bind_protect(PyObject *self, PyObject *args) {
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "K", &address)) return NULL;
    protect = (int (*)(void *, void *, int *))(uintptr_t)address;
    Py_RETURN_NONE;
}

/* (family, host, port) -> struct sockaddr as bytes. */
static PyObject *address(PyObject *self, PyObject *args) {
    int family, port;
    const char *host;
    if (!PyArg_ParseTuple(args, "isi", &family, &host, &port)) return NULL;
    if (family == AF_INET) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
        if (inet_pton(AF_INET, host, &to.sin_addr) == 1)
            return PyBytes_FromStringAndSize((char *)&to, sizeof to);
    } else if (family == AF_INET6) {
        struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
        if (inet_pton(AF_INET6, host, &to.sin6_addr) == 1)
            return PyBytes_FromStringAndSize((char *)&to, sizeof to);
    }
    PyErr_Format(PyExc_ValueError, "not a numeric address: %s", host);
    return NULL;
}

/* Send `count` packets that lie one after the other; how many the kernel took. */
static int flush(int fd, void *to, socklen_t to_size, const int *sizes, int count) {
    struct iovec pieces[MOST];
    struct mmsghdr messages[MOST];
    unsigned char *at = packets;
    int total = 0, equal = count > 1 && sizes[count - 1] <= sizes[0];
    for (int i = 0; i < count; i++) {
        if (i < count - 1 && sizes[i] != sizes[0]) equal = 0;
        pieces[i] = (struct iovec){at, sizes[i]};
        at += sizes[i];
        total += sizes[i];
    }
    if (equal && segmenting) {
        struct iovec all = {packets, total};
        union { char space[CMSG_SPACE(sizeof(uint16_t))]; struct cmsghdr align; } control;
        struct msghdr message = {to, to_size, &all, 1, control.space, sizeof control.space, 0};
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_UDP;
        head->cmsg_type = UDP_SEGMENT;
        head->cmsg_len = CMSG_LEN(sizeof(uint16_t));
        *(uint16_t *)CMSG_DATA(head) = (uint16_t)sizes[0];
        if (sendmsg(fd, &message, MSG_DONTWAIT) >= 0) return count;
        if (errno == EAGAIN || errno == ENOBUFS || errno == ECONNREFUSED) return 0;
        if (errno == EINVAL || errno == EIO || errno == ENOPROTOOPT || errno == EOPNOTSUPP)
            segmenting = 0; /* not on this kernel or device: never again */
    }
    for (int i = 0; i < count; i++)
        messages[i] = (struct mmsghdr){.msg_hdr = {to, to_size, &pieces[i], 1, NULL, 0, 0}};
    int sent = sendmmsg(fd, messages, count, MSG_DONTWAIT);
    return sent < 0 ? 0 : sent;
}

/* send(srtp, fd, sockaddr, header, payloads) -> packets sent.
 * `header` is that of the first packet with its extensions; the sequence number goes up by one
 * a packet, and a marker bit in it is kept for the last packet only. */
static PyObject *send_unit(PyObject *self, PyObject *args) {
    unsigned long long srtp;
    int fd, sizes[MOST], filled = 0, sent = 0;
    const char *to, *header;
    Py_ssize_t to_size, header_size;
    PyObject *payloads;
    if (!PyArg_ParseTuple(args, "Kiy#y#O!", &srtp, &fd, &to, &to_size, &header, &header_size,
                          &PyTuple_Type, &payloads))
        return NULL;
    if (protect == NULL || header_size < 12 || header_size > 200) {
        PyErr_SetString(PyExc_ValueError, "not bound, or not an RTP header");
        return NULL;
    }
    unsigned char *at = packets;
    unsigned sequence = (unsigned char)header[2] << 8 | (unsigned char)header[3];
    Py_ssize_t count = PyTuple_GET_SIZE(payloads);
    for (Py_ssize_t i = 0; i < count; i++) {
        char *payload;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(PyTuple_GET_ITEM(payloads, i), &payload, &size)) return NULL;
        int length = (int)(header_size + size);
        if (header_size + size + TRAILER > LARGEST) {
            PyErr_SetString(PyExc_ValueError, "a payload is too large");
            return NULL;
        }
        memcpy(at, header, header_size);
        memcpy(at + header_size, payload, size);
        if (i < count - 1) at[1] &= 0x7f;
        at[2] = (unsigned char)(sequence >> 8);
        at[3] = (unsigned char)sequence;
        sequence = (sequence + 1) & 0xffff;
        if (protect((void *)(uintptr_t)srtp, at, &length)) {
            PyErr_SetString(PyExc_RuntimeError, "srtp_protect failed");
            return NULL;
        }
        at += length;
        sizes[filled++] = length;
        if (filled == MOST || i == count - 1) {
            sent += flush(fd, (void *)to, (socklen_t)to_size, sizes, filled);
            filled = 0;
            at = packets;
        }
    }
    return PyLong_FromLong(sent);
}

static PyMethodDef methods[] = {
    {"bind", bind_protect, METH_VARARGS, "bind(address of srtp_protect)"},
    {"address", address, METH_VARARGS, "address(family, host, port) -> sockaddr"},
    {"send", send_unit, METH_VARARGS, "send(srtp, fd, sockaddr, header, payloads) -> sent"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_sendloop", "Protects and sends RTP packets.", -1, methods,
    NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__sendloop(void) { return PyModule_Create(&module); }
