// HTTP/2, which is only spoken over TLS: nghttpx in front of a loopback server.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <mutex>
#include <set>

#include "redraft/llm/client_fixtures.h"
#include "redraft/llm/server_endpoint.h"
#include "redraft/llm/tls_server.h"
#include "tests/mock_server/loopback_server.h"

namespace redraft::llm {
namespace {

using redraft::testing::HttpAnswer;
using redraft::testing::LoopbackServer;
using redraft::testing::Received;

/// nghttpx cannot pick a port itself.
std::string FreePort() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(probe);
  return std::to_string(ntohs(address.sin_port));
}

std::string LastContent(const std::string& body) {
  return ParseJson(body)->at("messages").back().at("content");
}

TEST(Http2, ManyRequestsShareATlsServersConnection) {
  std::mutex mutex;
  std::set<std::string> protocols;
  LoopbackServer behind([&](const Received& request) {
    {
      const std::lock_guard lock(mutex);
      protocols.insert(request.Header("via"));
    }
    return HttpAnswer(
        200, DumpJson({{"choices", {{{"message", {{"content", LastContent(request.body)}}}}}}}));
  });
  const Certificate certificate;
  const TlsServer proxy(
      {"/usr/sbin/nghttpx", "--conf=/dev/null", "--no-ocsp", "--workers=1",
       "--frontend=127.0.0.1," + FreePort(), "--backend=127.0.0.1," + std::to_string(behind.port()),
       certificate.key(), certificate.file()},
      "Listening on ");
  auto endpoint = ServerEndpoint::Open({.name = "tls",
                                        .base_url = "https://127.0.0.1:" + proxy.port() + "/v1",
                                        .model = "m",
                                        .ca_file = certificate.file()},
                                       std::make_shared<HttpClient>());
  ASSERT_TRUE(endpoint);
  core::MemoryReplyLog log;
  Client client(log, {.concurrency = 40});
  client.AddEndpoint(std::move(*endpoint));
  const auto replies = client.Ask(Chats(120));
  ASSERT_TRUE(replies) << replies.error().message;
  for (std::size_t i = 0; i < replies->size(); ++i) {
    EXPECT_EQ((*replies)[i].text, "request " + std::to_string(i));
  }
  EXPECT_EQ(protocols, std::set<std::string>{"2 nghttpx"});
}

}  // namespace
}  // namespace redraft::llm
